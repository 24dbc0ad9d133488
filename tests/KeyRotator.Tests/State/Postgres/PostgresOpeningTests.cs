using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.State.Postgres;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Postgres;

/// <summary>What connecting does: makes tables, or says in one sentence why not, and never a password.</summary>
public sealed class PostgresOpeningTests
{
    private const string Wrong = "wrong-canary-7f3a";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_Twice_IsTheSameInstallation()
    {
        var address = await SchemaAsync();

        await using var first = await ConnectAsync(address);
        await using var second = await ConnectAsync(address);

        second.InstallationId.ShouldBe(first.InstallationId);
        second.Fingerprinter.Of(new SecretValue("x")).ShouldBe(first.Fingerprinter.Of(new SecretValue("x")));
    }

    [Fact]
    public async Task Connect_ManyAtOnce_MakeTheTablesOnce()
    {
        var address = await SchemaAsync();

        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ConnectAsync(address)));

        databases.Select(database => database.InstallationId).Distinct().Count().ShouldBe(1);
        (await AskAsync(address, "SELECT count(*) FROM schema_version")).ShouldBe((long)Migration.AllOfPostgres().Count);
        await Task.WhenAll(databases.Select(database => database.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Connect_OlderSchema_IsBroughtUpAndKeepsItsRows()
    {
        var address = await SchemaAsync();
        await (await ConnectAsync(address)).DisposeAsync();
        await AskAsync(address, "INSERT INTO model_list (digest, ids) VALUES ('d', '[]')");
        Migration[] later =
        [
            .. Migration.AllOfPostgres(),
            new(Migration.AllOfPostgres().Count + 1, "ALTER TABLE model_list ADD COLUMN note TEXT; UPDATE model_list SET note = 'kept'"),
        ];

        await (await ConnectAsync(address, new() { Migrations = later })).DisposeAsync();

        (await AskAsync(address, "SELECT note FROM model_list")).ShouldBe("kept");
    }

    [Fact]
    public async Task Connect_MigrationThatFails_LeavesNothing()
    {
        var address = await SchemaAsync();
        Migration[] bad =
            [.. Migration.AllOfPostgres(), new(Migration.AllOfPostgres().Count + 1, "CREATE TABLE made (a BIGINT); SELECT 1 / 0")];

        await Should.ThrowAsync<StateException>(() => ConnectAsync(address, new() { Migrations = bad }));

        (await AskAsync(address, "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace")).ShouldBe(0L);
    }

    [Fact]
    public async Task Connect_NewerSchema_IsRefusedAndLeftAlone()
    {
        var address = await SchemaAsync();
        await (await ConnectAsync(address)).DisposeAsync();
        await AskAsync(address, "INSERT INTO schema_version (version, applied_at) VALUES (99, 0)");

        var refused = await Should.ThrowAsync<StateException>(() => ConnectAsync(address));

        refused.Message.ShouldContain("was written by a newer KeyRotator (schema 99, this one knows");
        refused.MayPass.ShouldBeFalse();
    }

    [Fact]
    public async Task Connect_AnotherProgramsTable_IsRefusedAndLeftAlone()
    {
        var address = await SchemaAsync();
        await AskAsync(address, "CREATE TABLE audit (mine TEXT)");

        var refused = await Should.ThrowAsync<StateException>(() => ConnectAsync(address));

        refused.Message.ShouldContain("has a table of another program with a name that is ours");
        (await AskAsync(address, "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"))
            .ShouldBe(1L);
    }

    [Fact]
    public async Task Connect_NoRightToMakeTables_NamesTheGrant()
    {
        var server = await PostgresForAll.ServerAsync();
        var address = await SchemaAsync();
        await server.RunAsync($"CREATE ROLE r_{address.Schema} LOGIN PASSWORD '{Wrong}'", Cancel);
        await server.RunAsync($"GRANT USAGE ON SCHEMA {address.Schema} TO r_{address.Schema}", Cancel);

        var refused = await Should.ThrowAsync<StateException>(
            () => ConnectAsync(address with { User = $"r_{address.Schema}", Password = new SecretValue(Wrong) }));

        refused.Message.ShouldContain($"GRANT USAGE, CREATE ON SCHEMA {address.Schema} TO r_{address.Schema}");
        refused.MayPass.ShouldBeFalse();
    }

    [Fact]
    public async Task Connect_WrongPassword_SaysWhoseAndNotWhich()
    {
        var address = await SchemaAsync();

        var refused = await Should.ThrowAsync<StateException>(() => ConnectAsync(address with { Password = new SecretValue(Wrong) }));

        refused.Message.ShouldContain("refuses the password of keyrotator");
        refused.MayPass.ShouldBeFalse();
        refused.ToString().ShouldNotContain(Wrong);
    }

    [Fact]
    public async Task Connect_NoSuchDatabase_SaysSo() => (await RefusedAsync(address => address with { Database = "nowhere" }))
        .Message.ShouldContain("/nowhere?schema=");

    [Fact]
    public async Task Connect_NoSuchSchema_SaysSo() => (await RefusedAsync(address => address with { Schema = "nowhere" }))
        .Message.ShouldContain("has no schema nowhere");

    [Fact]
    public async Task Connect_NobodyListens_MayPass()
    {
        var refused = await RefusedAsync(address => address with { Hosts = [new("127.0.0.1", 9)] });

        refused.Message.ShouldContain("cannot be reached: nothing listens there");
        refused.MayPass.ShouldBeTrue();
    }

    [Fact]
    public async Task Connect_ServerWithoutTls_IsRefusedWhereItIsDemanded()
    {
        var refused = await RefusedAsync(address => address with { Tls = PostgresTls.VerifyFull });

        refused.Message.ShouldContain("offers no protected connection");
        refused.MayPass.ShouldBeFalse();
    }

    [Fact]
    public async Task Connect_SeveralHosts_TakesTheOneThatAnswers()
    {
        var address = await SchemaAsync();

        await using var database = await ConnectAsync(address with { Hosts = [new("127.0.0.1", 9), .. address.Hosts] });

        database.InstallationId.ShouldNotBeEmpty();
    }

    private static async Task<StateException> RefusedAsync(Func<PostgresAddress, PostgresAddress> change)
    {
        var address = change(await SchemaAsync());
        return await Should.ThrowAsync<StateException>(() => ConnectAsync(address));
    }

    [Theory(Timeout = 300_000)]
    [InlineData("KeyRotator", "capitals")]
    [InlineData("svc.kr", "a dot")]
    [InlineData("team-a", "a hyphen")]
    [InlineData("select", "a word of SQL")]
    public async Task Connect_SchemaOfAnyName_IsUsed(string name, string why)
    {
        var server = await PostgresForAll.ServerAsync();
        await server.RunAsync($"DROP SCHEMA IF EXISTS \"{name}\" CASCADE; CREATE SCHEMA \"{name}\"", Cancel);

        await using (await ConnectAsync(server.Address with { Schema = name }))
        await using (await ConnectAsync(server.Address with { Schema = name }))
        {
            (await server.RunAsync($"SELECT count(*) FROM \"{name}\".key_status", Cancel)).ShouldBe(0L, why);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Connect_DatabaseOfAnotherEncoding_IsRefusedAndLeftEmpty()
    {
        var server = await PostgresForAll.ServerAsync();
        await server.RunAsync("DROP DATABASE IF EXISTS latin", Cancel);
        await server.RunAsync("CREATE DATABASE latin ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", Cancel);

        var refused = await Should.ThrowAsync<StateException>(() => ConnectAsync(server.Address with { Database = "latin" }));

        refused.MayPass.ShouldBeFalse();
        refused.Message.ShouldContain("its encoding is not UTF-8");
    }

    [Fact(Timeout = 300_000)]
    public async Task Connect_ServerTakesNoWrites_SaysSoAndMayPass()
    {
        var address = await SchemaAsync();
        var server = await PostgresForAll.ServerAsync();
        var role = $"standby_{address.Schema}";
        await server.RunAsync($"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{Wrong}'", Cancel);
        await server.RunAsync($"ALTER ROLE {role} SET default_transaction_read_only = on", Cancel);
        var own = address with { User = role, Password = new SecretValue(Wrong) };

        var refused = await Should.ThrowAsync<StateException>(() => ConnectAsync(own));
        await server.RunAsync($"ALTER ROLE {role} RESET default_transaction_read_only", Cancel);

        (refused.MayPass, refused.Message.Contains("takes no writes: it is a standby, or made read-only")).ShouldBe((true, true));
        await using (await ConnectAsync(own))
        {
        }
    }

    private static async Task<PostgresAddress> SchemaAsync() => await (await PostgresForAll.ServerAsync()).SchemaAsync(Cancel);

    private static Task<StateDatabase> ConnectAsync(PostgresAddress address, PostgresSettings? settings = null) =>
        StateDatabase.ConnectAsync(address, new ManualClock(), settings ?? new(), Cancel);

    private static async Task<object?> AskAsync(PostgresAddress address, string sql)
    {
        var server = await PostgresForAll.ServerAsync();
        await using var connection = await server.ConnectAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SET search_path = {address.Schema}; {sql}";
        return await command.ExecuteScalarAsync(Cancel);
    }
}
