using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace KeyRotator.Http;

/// <summary>Judges a server's certificate exactly as the framework does, and says why one was refused.</summary>
internal static class CertificateCheck
{
    /// <summary>The callback for a handler.</summary>
    /// <exception cref="CertificateRefusedException">A fault was found; returning <c>false</c> would lose the cause.</exception>
    public static bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None ? true : throw new CertificateRefusedException(Explain(errors, StatusOf(chain)));

    /// <summary>Every fault in a sentence of ours; nothing of the certificate's text is in it.</summary>
    public static string Explain(SslPolicyErrors errors, X509ChainStatusFlags status)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "The server showed no certificate.";
        }

        List<string> faults = [];
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            faults.Add("is for another host name");
        }

        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            faults.Add("has expired or is not valid yet");
        }

        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            faults.Add("is from no trusted authority");
        }

        return faults.Count == 0 ? "The server's certificate is not valid." : $"The server's certificate {string.Join(" and ", faults)}.";
    }

    private static X509ChainStatusFlags StatusOf(X509Chain? chain)
    {
        var all = X509ChainStatusFlags.NoError;
        foreach (var status in chain?.ChainStatus ?? [])
        {
            all |= status.Status;
        }

        return all;
    }
}

/// <summary>A server's certificate was refused; the message says why.</summary>
internal sealed class CertificateRefusedException(string message) : AuthenticationException(message);
