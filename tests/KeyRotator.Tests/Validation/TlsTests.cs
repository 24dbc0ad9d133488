using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Handshakes that fail. The key must not have been sent in any of them.</summary>
public sealed class TlsTests
{
    [Theory(Timeout = 300_000)]
    [InlineData("localhost", 2020, 2049, "no trusted authority", "another host name")]
    [InlineData("elsewhere.example", 2020, 2049, "another host name", "expired")]
    [InlineData("localhost", 2001, 2002, "expired", "another host name")]
    [InlineData("localhost", 2048, 2049, "not valid yet", "another host name")]
    public async Task Probe_BadCertificate_SaysWhatIsWrongWithIt(string host, int from, int to, string told, string notTold)
    {
        using var proving = new Proving();
        var certificate = Certificates.SelfSigned(host, from, to);
        await using var server = HostileServer.StartTls(certificate, connection => connection.AnswerAsync(Wire.Answer(200, Wire.Models)));

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Reason.ShouldBe(VerdictReason.Tls);
        result.Verdict.Hint!.ShouldContain(told);
        result.Verdict.Hint!.ShouldNotContain(notTold);
        server.Requests.ShouldBeEmpty();
    }

    [Theory(Timeout = 300_000)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")] // plain http on the port
    [InlineData("")] // hangs up within the handshake
    public async Task Probe_NoTlsAtTheOtherEnd_IsATlsFault(string answer)
    {
        using var proving = new Proving();
        await using var server = HostileServer.Start(connection => connection.SendAsync(answer));

        var result = await proving.ProbeAsync(new UriBuilder(server.Url) { Scheme = "https" }.Uri);

        result.Verdict.Reason.ShouldBe(VerdictReason.Tls);
        server.Requests.ShouldBeEmpty();
    }
}
