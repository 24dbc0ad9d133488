using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Fireworks AI, probed with the key's account, which tells why it is suspended.</summary>
internal sealed partial class FireworksProvider : IKeyProvider
{
    private const string BaseUrl = "https://api.fireworks.ai";

    public string Kind => "fireworks";

    public ProviderProfile Profile { get; } = new()
    {
        Title = "Fireworks AI",
        Variables = ["FIREWORKS_API_KEY"],
        BaseUrlVariable = "FIREWORKS_BASE_URL",
        DefaultBaseUrl = BaseUrl,
        CreateKeyUrl = "https://app.fireworks.ai/settings/users/api-keys",
        RevokeKeyUrl = "https://app.fireworks.ai/settings/users/api-keys",
        Formats = [new("api", ApiKey(), IsDistinctive: true, random => "fw_" + MadeUp.Text(random, MadeUp.LettersAndDigits, 24))],
        Probe = "GET /v1/accounts?pageSize=1",
        DeadAnswers =
        [
            "401 with a JSON error that says the key is bad: invalid (three answers over ten minutes)",
            "200 with suspendState BLOCKED_BY_ABUSE_RULE: account blocked",
        ],
        Notes =
        [
            "The vendor publishes no bad-key body; the 401 is unconfirmed, therefore the three answers.",
            "Keys may carry an expiry date, which only the admin API tells.",
        ],
        KeysCanExpire = true,
        Sources =
        [
            "fw-ai-external/python-sdk types/account.py, 2026-08",
            "amd/gaia issue 3766, pollinations/pollinations issue 12136 (412), 2026-08",
        ],
    };

    public HttpRequestMessage CreateProbe(SecretValue key, ProviderInstance instance) =>
        ProbeRequest.Get(instance, BaseUrl, "/v1/accounts?pageSize=1").WithBearer(key);

    public ProbeVerdict Classify(ProbeAnswer answer) => answer.Status switch
    {
        200 when answer.At("accounts") is { ValueKind: JsonValueKind.Array } accounts => ClassifyAccounts(accounts),
        401 when CommonAnswers.SaysBadKey(answer) => ProbeVerdict.Rejected(VerdictReason.Invalid, null).AsTransient(),
        412 when answer.Text("error", "code") == "PRECONDITION_FAILED" =>
            ProbeVerdict.Accepted(VerdictReason.NoFunds, "PRECONDITION_FAILED"),
        _ => CommonAnswers.Classify(answer),
    };

    private static ProbeVerdict ClassifyAccounts(JsonElement accounts) =>
        (accounts.GetArrayLength() == 0 ? null : accounts[0].Text("suspendState"u8)) switch
        {
            "FAILED_PAYMENTS" => NoFunds("FAILED_PAYMENTS", "A payment failed."),
            "CREDIT_DEPLETED" => NoFunds("CREDIT_DEPLETED", "The credit is used up."),
            "MONTHLY_SPEND_LIMIT_EXCEEDED" => NoFunds("MONTHLY_SPEND_LIMIT_EXCEEDED", "The monthly limit is reached."),
            "BLOCKED_BY_ABUSE_RULE" => ProbeVerdict.Rejected(VerdictReason.AccountBlocked, "BLOCKED_BY_ABUSE_RULE"),
            _ => ProbeVerdict.Ok(),
        };

    private static ProbeVerdict NoFunds(string code, string hint) => ProbeVerdict.Accepted(VerdictReason.NoFunds, code, hint);

    [GeneratedRegex(@"\Afw_[A-Za-z0-9]{24}\z")]
    private static partial Regex ApiKey();
}
