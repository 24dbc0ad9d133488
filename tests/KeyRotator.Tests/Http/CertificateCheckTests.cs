using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using KeyRotator.Http;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Http;

public sealed class CertificateCheckTests
{
    private const SslPolicyErrors Missing = SslPolicyErrors.RemoteCertificateNotAvailable;
    private const SslPolicyErrors WrongName = SslPolicyErrors.RemoteCertificateNameMismatch;
    private const SslPolicyErrors BadChain = SslPolicyErrors.RemoteCertificateChainErrors;

    [Theory]
    [InlineData(Missing, X509ChainStatusFlags.NoError, "The server showed no certificate.")]
    [InlineData(WrongName, X509ChainStatusFlags.NoError, "The server's certificate is for another host name.")]
    [InlineData(BadChain, X509ChainStatusFlags.NotTimeValid, "The server's certificate has expired or is not valid yet.")]
    [InlineData(BadChain, X509ChainStatusFlags.UntrustedRoot, "The server's certificate is from no trusted authority.")]
    [InlineData(BadChain, X509ChainStatusFlags.PartialChain, "The server's certificate is from no trusted authority.")]
    [InlineData(BadChain, X509ChainStatusFlags.Revoked, "The server's certificate is not valid.")]
    [InlineData(
        WrongName | BadChain,
        X509ChainStatusFlags.NotTimeValid,
        "The server's certificate is for another host name and has expired or is not valid yet.")]
    public void Explain_Faults_NamesEachOfThem(SslPolicyErrors errors, X509ChainStatusFlags status, string expected) =>
        CertificateCheck.Explain(errors, status).ShouldBe(expected);

    [Fact]
    public void Validate_NoFault_Accepts() => CertificateCheck.Validate(this, null, null, SslPolicyErrors.None).ShouldBeTrue();

    [Fact]
    public void Validate_AnyFault_Refuses() =>
        Should.Throw<CertificateRefusedException>(() => CertificateCheck.Validate(this, null, null, WrongName));
}
