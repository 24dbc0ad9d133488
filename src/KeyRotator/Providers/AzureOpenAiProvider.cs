using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Azure OpenAI, probed with the resource's base models. The endpoint is part of the credential: wrong key and wrong resource give
/// one answer.</summary>
internal sealed partial class AzureOpenAiProvider : IKeyProvider, IUnprobedProvider
{
    public string Kind => "azure-openai";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Azure OpenAI",
        Variables = ["AZURE_OPENAI_API_KEY"],
        BaseUrlVariable = "AZURE_OPENAI_ENDPOINT",
        CreateKeyUrl = "https://portal.azure.com",
        RevokeKeyUrl = "https://portal.azure.com",
        Formats =
        [
            new("resource", ResourceKey(), IsDistinctive: true, random =>
                MadeUp.Text(random, MadeUp.LettersAndDigits, 52) + "JQQJ99" + MadeUp.Text(random, MadeUp.LettersAndDigits, 26)),
            new("legacy", LegacyKey(), IsDistinctive: false, random => MadeUp.Text(random, MadeUp.Hex, 32)),
        ],
        Probe = "GET {endpoint}/openai/models?api-version=2024-10-21; below an endpoint that ends in /openai/v1: GET /models",
        DeadAnswers =
        [
            "401 with error.code 401 that names key or endpoint as wrong: invalid, where the instance has accepted some key before",
            "403 AuthenticationTypeDisabled: account blocked (the resource takes no keys any more)",
        ],
        Notes =
        [
            "Each resource has two keys: serve one, regenerate the other, swap.",
            "The list names base models, not your deployments: a declared model that is not in it is not called missing.",
        ],
        Sources =
        [
            "Azure/azure-rest-api-specs AzureOpenAI authoring examples, 2026-08",
            "praetorian-inc/titus azureopenai.yml, 2026-08",
            "SciSharp/BotSharp issue 386 (401), 2026-08",
            "Azure-Samples/azure-sql-db-chatbot issue 3 (403), 2026-08",
        ],
    };

    public ProbeVerdict? VerdictFor(ProviderInstance instance) =>
        instance.BaseUrl is null ? CommonAnswers.PlaceMissing("The key belongs to a resource: give the instance its endpoint.") : null;

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance)
    {
        var isV1 = instance.BaseUrl?.AbsolutePath.TrimEnd('/').EndsWith("/openai/v1", StringComparison.OrdinalIgnoreCase) ?? false;
        var path = isV1 ? "/models" : "/openai/models?api-version=2024-10-21";
        return ProbeRequest.Get(instance, null, path).WithKey("api-key", key.Reveal());
    }

    public ProbeVerdict Classify(ProbeAnswer answer) => (answer.Status, answer.Text("error", "code")) switch
    {
        (200, _) when ModelLists.Read(answer.At("data"), isWhole: false, ReadModel) is { } list => ProbeVerdict.Ok(list),
        (401, "401") when answer.Says("invalid subscription key or wrong API endpoint", "error", "message") =>
            ProbeVerdict.Rejected(
                VerdictReason.Invalid, "401", "The key is not one of this resource's two keys.").OfKnownPlace(),
        (403, "AuthenticationTypeDisabled") =>
            ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "AuthenticationTypeDisabled", "The resource no longer takes keys."),
        (403, "403") when answer.Says("Virtual Network/Firewall", "error", "message") =>
            ProbeVerdict.Inconclusive(VerdictReason.CallerBlocked, "403", "The resource's firewall does not let this host in."),
        _ => CommonAnswers.Classify(answer),
    };

    private static ListedModel? ReadModel(JsonElement model) => model.Text("id"u8) is { } id
        ? new ListedModel(id, [], IsDeprecated(model), WireValues.Instant(model.Member("deprecation"u8)?.Member("inference"u8)))
        : null;

    // Every model has a date years ahead; only the lifecycle says that it is on its way out.
    private static bool IsDeprecated(JsonElement model) =>
        model.Text("lifecycle_status"u8)?.StartsWith("deprecat", StringComparison.OrdinalIgnoreCase) ?? false;

    [GeneratedRegex(@"\A[A-Za-z0-9]{40,70}JQQJ[A-Za-z0-9]{10,50}\z")]
    private static partial Regex ResourceKey();

    [GeneratedRegex(@"\A[a-f0-9]{32}\z")]
    private static partial Regex LegacyKey();
}
