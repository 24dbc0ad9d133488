using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Tests.Support;

/// <summary>Builders of domain records with sensible members.</summary>
internal static class A
{
    public static ManagedKey Key(
        string id = "mistral-prod",
        string provider = "mistral",
        string store = "local",
        string name = "llm/mistral",
        KeyPolicy? policy = null) => new()
        {
            Id = KeyId.Parse(id),
            Provider = provider,
            Locations = [new SecretLocation { Store = store, Name = name }],
            Policy = policy ?? KeyPolicy.Default,
        };

    public static ProviderInstance Instance(string kind, Uri? baseUrl = null) => new() { Name = kind, Kind = kind, BaseUrl = baseUrl };

    public static SecretValue MadeUpKey(IKeyProvider provider, string? format = null, Random? random = null)
    {
        var shape = provider.Profile.Formats.FirstOrDefault(shape => format is null || shape.Name == format);
        return new SecretValue(shape?.Example(random ?? new Random(7)) ?? "0123456789abcdefABCDEF");
    }
}
