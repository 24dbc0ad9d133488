using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Postgres;

/// <summary>Each way of protecting the connection, on a server with a certificate for <c>localhost</c> from an authority of its own.</summary>
public sealed class PostgresTlsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private PostgresServer? _server;
    private string _authority = "";
    private string _stranger = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        using var authority = Authority("CN=KeyRotator test authority");
        using var stranger = Authority("CN=Somebody else");
        _authority = await WriteAsync("authority.pem", authority.ExportCertificatePem());
        _stranger = await WriteAsync("stranger.pem", stranger.ExportCertificatePem());
        var (certificate, key) = Issue(authority);
        await _server.RunAsync($"ALTER SYSTEM SET ssl_cert_file = '{await _server.GiveAsync("server.crt", certificate)}'", Cancel);
        await _server.RunAsync($"ALTER SYSTEM SET ssl_key_file = '{await _server.GiveAsync("server.key", key)}'", Cancel);
        await _server.RunAsync("ALTER SYSTEM SET ssl = on", Cancel);
        await _server.StopAsync();
        await _server.StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("localhost", PostgresTls.VerifyFull)]
    [InlineData("127.0.0.1", PostgresTls.VerifyCa)]
    public async Task Connect_TrustedAuthority_IsEncrypted(string host, PostgresTls tls)
    {
        await using var database = await ConnectAsync(host, tls, _authority);

        (await EncryptedAsync(database)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("127.0.0.1", PostgresTls.Require)]
    [InlineData("127.0.0.1", PostgresTls.Prefer)]
    public async Task Connect_NothingVerified_IsEncrypted(string host, PostgresTls tls)
    {
        await using var database = await ConnectAsync(host, tls, null);

        (await EncryptedAsync(database)).ShouldBeTrue();
    }

    [Fact]
    public async Task Connect_Disabled_IsNotEncrypted()
    {
        await using var database = await ConnectAsync("127.0.0.1", PostgresTls.Disable, null);

        (await EncryptedAsync(database)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("127.0.0.1", true, "another host's certificate")]
    [InlineData("localhost", false, "another authority's certificate")]
    public async Task Connect_NotProven_IsRefused(string host, bool isOurs, string why)
    {
        var refused = await Should.ThrowAsync<StateException>(
            () => ConnectAsync(host, PostgresTls.VerifyFull, isOurs ? _authority : _stranger), why);

        refused.Message.ShouldContain("its certificate is not trusted, or not that host's");
        refused.MayPass.ShouldBeFalse();
    }

    [Fact]
    public async Task Connect_AuthorityFileMissing_IsRefused() =>
        (await Should.ThrowAsync<StateException>(() => ConnectAsync("localhost", PostgresTls.VerifyFull, Path.Combine(_folder.Path, "none"))))
        .MayPass.ShouldBeFalse();

    private static async Task<bool> EncryptedAsync(StateDatabase database)
    {
        await using var transaction = await database.BeginReadAsync(Cancel);
        return (await transaction.Prepare("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").ReadAsync(row => row.Flag(), Cancel))[0];
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Day(2020), Day(2049));
    }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, Day(2020), Day(2049), [1, 2, 3, 4]);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static DateTimeOffset Day(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private Task<StateDatabase> ConnectAsync(string host, PostgresTls tls, string? authority) => StateDatabase.ConnectAsync(
        _server!.Address with { Hosts = [new(host, _server.Port)], Tls = tls, RootCertificate = authority }, new ManualClock(), Cancel);

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllTextAsync(path, text, Cancel);
        return path;
    }
}
