using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Alerts;

/// <summary>The symmetric signature of Standard Webhooks, <c>v1</c>: HMAC-SHA256 over <c>{id}.{timestamp}.{body}</c>.</summary>
internal static class StandardWebhookSignature
{
    /// <summary>The value of <c>webhook-timestamp</c>: whole seconds since 1970, UTC.</summary>
    public static string Timestamp(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>The value of <c>webhook-signature</c>: one signature a key, in the order of the keys. The bytes signed are the bytes
    /// sent.</summary>
    public static string Create(string id, string timestamp, ReadOnlySpan<byte> body, IEnumerable<byte[]> keys)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes($"{id}.{timestamp}."), .. body];
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, content))));
    }
}
