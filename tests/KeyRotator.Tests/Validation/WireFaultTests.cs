using System.Net.Sockets;
using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class WireFaultTests
{
    private static readonly Canary s_key = new();

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, VerdictReason.Network)]
    [InlineData(HttpRequestError.ConnectionError, VerdictReason.Network)]
    [InlineData(HttpRequestError.SecureConnectionError, VerdictReason.Tls)]
    [InlineData(HttpRequestError.ProxyTunnelError, VerdictReason.EdgeBlocked)]
    [InlineData(HttpRequestError.InvalidResponse, VerdictReason.UnexpectedBody)]
    [InlineData(HttpRequestError.ResponseEnded, VerdictReason.Network)]
    [InlineData(HttpRequestError.HttpProtocolError, VerdictReason.Network)]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, VerdictReason.TooLarge)]
    [InlineData(HttpRequestError.Unknown, VerdictReason.Network)]
    public void Explain_FaultOfTheSender_IsInconclusiveForItsReason(HttpRequestError error, VerdictReason reason)
    {
        var verdict = WireFault.Explain(new HttpRequestException(error, s_key.Text, new IOException(s_key.Text)));

        verdict.Verdict.ShouldBe(Verdict.Inconclusive);
        verdict.Reason.ShouldBe(reason);
        s_key.ShouldBeAbsentFrom(verdict.Hint);
    }

    [Fact]
    public void Explain_HostNameThatDoesNotResolve_SaysSo()
    {
        var cause = new SocketException((int)SocketError.HostNotFound);

        var verdict = WireFault.Explain(new HttpRequestException(HttpRequestError.NameResolutionError, s_key.Text, cause));

        verdict.Hint.ShouldBe("The host name does not resolve.");
    }

    [Fact]
    public void Explain_AnyOtherException_NamesItsTypeOnly()
    {
        var verdict = WireFault.Explain(new InvalidOperationException(s_key.Text));

        verdict.Reason.ShouldBe(VerdictReason.UnexpectedBody);
        verdict.Hint!.ShouldContain(nameof(InvalidOperationException));
        s_key.ShouldBeAbsentFrom(verdict.Hint);
    }
}
