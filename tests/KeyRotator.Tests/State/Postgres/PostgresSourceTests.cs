using KeyRotator.State;
using KeyRotator.State.Postgres;
using Npgsql;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Postgres;

public sealed class PostgresSourceTests
{
    [Theory]
    [InlineData("db.example", null, SslMode.VerifyFull, "whoever is between could read along")]
    [InlineData("10.0.0.7", null, SslMode.VerifyFull, "an address is no shorter way")]
    [InlineData("localhost", null, SslMode.Prefer, "nobody is between")]
    [InlineData("127.0.0.1", null, SslMode.Prefer, "nobody is between")]
    [InlineData("/run/postgresql", null, SslMode.Prefer, "a socket")]
    [InlineData("db.example", PostgresTls.Disable, SslMode.Disable, "as told")]
    [InlineData("db.example", PostgresTls.Require, SslMode.Require, "as told")]
    [InlineData("localhost", PostgresTls.VerifyCa, SslMode.VerifyCA, "as told")]
    public void ConnectionString_Protection_IsThat(string host, PostgresTls? tls, SslMode expected, string why) =>
        Build(new() { Hosts = [new(host)], Database = "d", User = "u", Tls = tls }).SslMode.ShouldBe(expected, why);

    [Fact]
    public void ConnectionString_OneOfSeveralHostsIsRemote_IsVerified() =>
        Build(new() { Hosts = [new("localhost"), new("db.example")], Database = "d", User = "u" }).SslMode.ShouldBe(SslMode.VerifyFull);

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, "read-write")]
    public void ConnectionString_Hosts_AreThoseThatTakeWrites(int hosts, string? wanted) => Build(new()
    {
        Hosts = [.. Enumerable.Range(1, hosts).Select(number => new PostgresHost($"db{number}", 6000 + number))],
        Database = "d",
        User = "u",
    }).TargetSessionAttributes.ShouldBe(wanted);

    [Theory]
    [InlineData(null, null)]
    [InlineData("KeyRotator", "\"KeyRotator\"")]
    [InlineData("a\"b.c", "\"a\"\"b.c\"")]
    public void ConnectionString_Schema_IsNamedToTheLetter(string? schema, string? path) =>
        Build(new() { Hosts = [new("db")], Database = "d", User = "u", Schema = schema }).SearchPath.ShouldBe(path);

    private static NpgsqlConnectionStringBuilder Build(PostgresAddress address) =>
        new(PostgresSource.ConnectionString(address, 3, TimeSpan.FromSeconds(7)));
}
