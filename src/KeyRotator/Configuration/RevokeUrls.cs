using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Configuration;

/// <summary>Where keys are revoked.</summary>
internal static class RevokeUrls
{
    /// <summary>The page of the provider's console on which a key is revoked; null where nobody knows.</summary>
    public static string? RevokeUrl(this Settings settings, ManagedKey key) =>
        settings.Providers.TryGetValue(key.Provider, out var instance) && KeyProviders.Find(instance.Kind) is { } provider
            ? provider.Profile.RevokeKeyUrl ?? provider.Profile.CreateKeyUrl
            : null;
}
