using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Alerts;

/// <summary>Names of messages and findings as receivers see them. Made from what they name, so that a repeat of the same work makes the
/// same name.</summary>
internal static class AlertIds
{
    /// <summary>A finding, over all of its messages and channels.</summary>
    public static string OfFinding(string installation, long finding) =>
        "fnd_" + Hash(installation, finding.ToString(CultureInfo.InvariantCulture));

    /// <summary>A message of one occasion to one channel.</summary>
    public static string OfMessage(string installation, string subject, string occasion, string channel) =>
        "msg_" + Hash(installation, subject, occasion, channel);

    /// <summary>128 bits of SHA-256 in hexadecimal digits.</summary>
    public static string Hash(params IEnumerable<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 16));
}
