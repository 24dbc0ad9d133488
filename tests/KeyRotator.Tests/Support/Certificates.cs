using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KeyRotator.Tests.Support;

/// <summary>Makes certificates that nobody trusts.</summary>
internal static class Certificates
{
    public static X509Certificate2 SelfSigned(string host = "localhost", int from = 2020, int to = 2049)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(NewYear(from), NewYear(to));
    }

    private static DateTimeOffset NewYear(int year) => new(year, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
