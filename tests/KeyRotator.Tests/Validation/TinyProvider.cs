using System.Text.Json;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Tests.Validation;

/// <summary>A provider of these tests: a model list at <c>/v1/models</c>, and one documented answer for a bad key.</summary>
internal sealed class TinyProvider : IKeyProvider
{
    public string Kind => "tiny";

    public ProviderProfile Profile { get; init; } = new() { Title = "Tiny", Probe = "GET /v1/models" };

    /// <summary>Replaces what <see cref="Classify"/> says.</summary>
    public Func<ProbeAnswer, ProbeVerdict>? Reading { get; init; }

    /// <summary>Changes the request, or throws.</summary>
    public Action<HttpRequestMessage>? Building { get; init; }

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(instance.BaseUrl!, "/v1/models"));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key.Reveal());
        Building?.Invoke(request);
        return request;
    }

    public ProbeVerdict Classify(ProbeAnswer answer) => Reading is not null ? Reading(answer) : answer.Status switch
    {
        200 when answer.At("data") is { ValueKind: JsonValueKind.Array } data => ProbeVerdict.Ok(ModelsIn(data)),
        401 when answer.Text("error", "code") == "invalid_api_key" => ProbeVerdict.Rejected(VerdictReason.Invalid, "invalid_api_key"),
        429 => ProbeVerdict.Inconclusive(VerdictReason.Throttled),
        408 or >= 500 => ProbeVerdict.Inconclusive(VerdictReason.ProviderError),
        _ => ProbeVerdict.Inconclusive(VerdictReason.UnexpectedBody),
    };

    private static ModelList ModelsIn(JsonElement data) =>
        new([.. data.EnumerateArray().Select(model => new ListedModel(model.GetProperty("id").GetString()!, []))], IsWhole: true);
}
