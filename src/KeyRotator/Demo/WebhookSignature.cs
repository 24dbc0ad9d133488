using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Demo;

/// <summary>Verifies a Standard Webhooks signature as a receiver would. Shares no code with the channel that signs.</summary>
/// <remarks>Source: the Standard Webhooks specification, scheme <c>v1</c> (HMAC-SHA256 over <c>id.timestamp.body</c>).</remarks>
internal static class WebhookSignature
{
    private const string SecretPrefix = "whsec_";

    /// <summary>How far a message's time may be from now, either way.</summary>
    public static TimeSpan Tolerance { get; } = TimeSpan.FromMinutes(5);

    /// <summary>True where one of the signatures fits and the time is near. Signatures of other schemes are passed over.</summary>
    /// <param name="secret"><c>whsec_</c> and base64.</param>
    /// <param name="headers">Those of the request.</param>
    /// <param name="body">The bytes as they came.</param>
    /// <param name="now">The receiver's time.</param>
    public static bool IsValid(string secret, IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var timestamp = headers["webhook-timestamp"].ToString();
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > (long)Tolerance.TotalSeconds)
        {
            return false;
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{timestamp}."), .. body];
        var expected = HMACSHA256.HashData(Convert.FromBase64String(secret[SecretPrefix.Length..]), signed);
        return headers["webhook-signature"].ToString().Split(' ').Any(signature => Matches(signature, expected));
    }

    private static bool Matches(string signature, byte[] expected)
    {
        var given = new byte[expected.Length];
        return signature.StartsWith("v1,", StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[3..], given, out var length)
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), expected);
    }
}
