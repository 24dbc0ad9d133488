using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Tests.Support;

/// <summary>Builders of domain records with sensible members.</summary>
internal static class A
{
    public static ManagedKey Key(string id = "mistral-prod", string provider = "mistral", string store = "local", string name = "llm/mistral", KeyPolicy? policy = null) => new()
    {
        Id = KeyId.Parse(id),
        Provider = provider,
        Locations = [new SecretLocation { Store = store, Name = name }],
        Policy = policy ?? KeyPolicy.Default,
    };

    public static ProviderInstance Instance(string kind, Uri? baseUrl = null) => new() { Name = kind, Kind = kind, BaseUrl = baseUrl };
}
