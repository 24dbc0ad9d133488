using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Providers;

/// <summary>Tells whether an instance's name still stands for the same place. What one place said of a key, and whether it is to be
/// trusted, says nothing of another.</summary>
internal static class EndpointDigest
{
    /// <summary>The same text for the same kind, base URL, region, organisation, project and headers. None of them is a secret.</summary>
    public static string Of(ProviderInstance instance)
    {
        var headers = instance.Headers.OrderBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}");
        string?[] place =
        [
            instance.Kind.ToLowerInvariant(),
            instance.BaseUrl?.AbsoluteUri,
            instance.Region,
            instance.Organization,
            instance.Project,
            .. headers,
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', place))));
    }
}
