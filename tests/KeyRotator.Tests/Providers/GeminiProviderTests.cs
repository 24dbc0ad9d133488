using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class GeminiProviderTests : KeyProviderContract
{
    private const string Recorded = "maruel/genai recording, 2026-08";
    private const string Proto = "googleapis error_reason.proto, 2026-08";

    public override IKeyProvider Provider { get; } = new GeminiProvider();

    protected override string ProbeUrl => "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000";

    protected override string KeyHeader => "x-goog-api-key";

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok("list", """{"models":[{"name":"models/gemini-x","version":"1","displayName":"X"}]}""", Recorded),
        ProbeRow.Rejected(
            "bad key", 400, Error(
                "INVALID_ARGUMENT", "API_KEY_INVALID", "API key not valid. Please pass a valid API key."), VerdictReason.Invalid,
            Recorded) with { IsTransient = true },
        ProbeRow.Rejected(
            "expired", 400, Error(
                "INVALID_ARGUMENT", "API_KEY_INVALID", "API key expired. Please renew the API key."), VerdictReason.Expired,
            "continuedev/continue issue 11336, 2026-08") with { IsTransient = true },
        ProbeRow.Rejected(
            "leaked", 403, """{"error":{"code":403,"message":"Your API key was reported as leaked. Please use another API key.","status":"PERMISSION_DENIED"}}""", VerdictReason.Leaked,
            "continuedev/continue issue 11541, 2026-08"),
        ProbeRow.Rejected(
            "suspended", 403, Error("PERMISSION_DENIED", "CONSUMER_SUSPENDED"), VerdictReason.AccountBlocked,
            "google/generative-ai-docs issue 356, 2026-08"),
        ProbeRow.Accepted(
            "other services only", 403, Error("PERMISSION_DENIED", "API_KEY_SERVICE_BLOCKED"), VerdictReason.Restricted,
            Proto),
        ProbeRow.Accepted(
            "web pages only", 403, Error("PERMISSION_DENIED", "API_KEY_HTTP_REFERRER_BLOCKED"), VerdictReason.Restricted,
            Proto),
        ProbeRow.Accepted(
            "other addresses only", 403, Error("PERMISSION_DENIED", "API_KEY_IP_ADDRESS_BLOCKED"), VerdictReason.Restricted,
            Proto),
        ProbeRow.Accepted("Android only", 403, Error("PERMISSION_DENIED", "API_KEY_ANDROID_APP_BLOCKED"), VerdictReason.Restricted, Proto),
        ProbeRow.Accepted("iOS only", 403, Error("PERMISSION_DENIED", "API_KEY_IOS_APP_BLOCKED"), VerdictReason.Restricted, Proto),
        ProbeRow.Accepted("API off", 403, Error("PERMISSION_DENIED", "SERVICE_DISABLED"), VerdictReason.Restricted, Proto),
        ProbeRow.Accepted("billing off", 403, Error("PERMISSION_DENIED", "BILLING_DISABLED"), VerdictReason.NoFunds, Proto),
        ProbeRow.Inconclusive("project unknown", 403, Error("PERMISSION_DENIED", "CONSUMER_INVALID"), VerdictReason.UnexpectedBody, Proto),
        ProbeRow.Rejected(
            "standard key cut off", 401, Error("UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"), VerdictReason.Invalid,
            "google-gemini/gemini-cli issue 28538, 2026-08") with { Format = "standard", IsTransient = true },
        ProbeRow.Rejected(
            "auth key refused", 401, Error("UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"), VerdictReason.Invalid,
            "google-gemini/gemini-cli issue 28538, 2026-08") with { IsTransient = true },
        ProbeRow.Inconclusive(
            "location", 400, """{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}""", VerdictReason.CallerBlocked,
            "unconfirmed"),
        ProbeRow.Inconclusive("another 400", 400, Error("INVALID_ARGUMENT", "SOMETHING_ELSE"), VerdictReason.UnexpectedBody, "own rule"),
        ProbeRow.Inconclusive(
            "quota", 429, """{"error":{"code":429,"message":"…","status":"RESOURCE_EXHAUSTED"}}""", VerdictReason.Throttled,
            "unconfirmed"),
    ];

    [Fact]
    public void Classify_401ForAValueOfNoKnownFormat_IsInconclusive()
    {
        using var answer = Answer.Of(401, Error("UNAUTHENTICATED", "ACCESS_TOKEN_TYPE_UNSUPPORTED"), Instance);

        Provider.Classify(answer).Reason.ShouldBe(VerdictReason.WrongEndpoint);
    }

    [Fact]
    public void Classify_List_NamesModelsWithAndWithoutPrefix()
    {
        var models = ClassifyOk("""{"models":[{"name":"models/gemini-x"}]}""").Models.ShouldNotBeNull();

        models.Models.ShouldHaveSingleItem().Id.ShouldBe("gemini-x");
        models.Models[0].Aliases.ShouldBe(["models/gemini-x"]);
        models.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void Classify_PagedList_IsNotWhole() =>
        ClassifyOk("""{"models":[{"name":"models/gemini-x"}],"nextPageToken":"x"}""").Models!.IsWhole.ShouldBeFalse();

    private static string Error(string status, string reason, string message = "…") =>
        $$$"""{"error":{"code":400,"message":"{{{message}}}","status":"{{{status}}}","details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{{{reason}}}"}]}}""";
}
