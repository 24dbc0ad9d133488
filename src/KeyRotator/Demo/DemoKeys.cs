using KeyRotator.Providers;

namespace KeyRotator.Demo;

/// <summary>Made-up keys in the vendors' shapes. None of them ever existed.</summary>
internal static class DemoKeys
{
    /// <summary>A new key in the shape that a provider gives to new keys.</summary>
    /// <exception cref="ArgumentException">The provider is not emulated.</exception>
    public static string Create(string provider, Random random) =>
        KeyProviders.Find(EmulatedVendors.Get(provider).Kind)!.Profile.Formats[0].Example(random);
}
