using System.Text.Json;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Unified.to, probed with the workspace's connections. No document shows its bad-key answer.</summary>
internal sealed class UnifiedProvider : IKeyProvider, IUnprobedProvider
{
    private const string BaseUrl = "https://api.unified.to";

    public string Kind => "unified";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Unified.to",
        Variables = ["UNIFIED_API_KEY"],
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://app.unified.to/settings/api",
        RevokeKeyUrl = "https://app.unified.to/settings/api",
        Probe = "GET /unified/connection?limit=1",
        DeadAnswers =
        [
            "401 with a JSON error that says the key is bad, where some key was accepted before: invalid (three answers over ten minutes)",
        ],
        Notes =
        [
            "A key belongs to a region: us (default), eu or au.",
            "The vendor publishes no error bodies; the 401 is unconfirmed, therefore the three answers.",
        ],
        Sources = ["unified-to/unified-csharp-sdk Connection.cs and Security.cs, 2026-08"],
    };

    public ProbeVerdict? VerdictFor(ProviderInstance instance) =>
        instance.BaseUrl is null && HostOf(instance) is null
            ? CommonAnswers.PlaceMissing("Unified.to has the regions us, eu and au.")
            : null;

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, HostOf(instance), "/unified/connection?limit=1").WithKey("Authorization", key.Reveal());

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when IsConnections(answer.Json) => ProbeVerdict.Ok(),
        401 when CommonAnswers.SaysBadKey(answer) =>
            ProbeVerdict.Rejected(VerdictReason.Invalid, null, "Invalid, or of another region.").AsTransient().OfKnownPlace(),
        _ => CommonAnswers.Classify(answer),
    };

    private static bool IsConnections(JsonElement? json) => json is { ValueKind: JsonValueKind.Array } array
        && (array.GetArrayLength() == 0 || array[0].Text("id"u8) is not null);

    private static string? HostOf(ProviderInstance instance) => instance.Region?.ToLowerInvariant() switch
    {
        null or "us" => BaseUrl,
        "eu" => "https://api-eu.unified.to",
        "au" => "https://api-au.unified.to",
        _ => null,
    };
}
