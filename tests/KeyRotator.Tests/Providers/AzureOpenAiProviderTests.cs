using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class AzureOpenAiProviderTests : KeyProviderContract
{
    public override IKeyProvider Provider { get; } = new AzureOpenAiProvider();

    protected override string ProbeUrl => "https://acme-eu.openai.azure.com/openai/models?api-version=2024-10-21";

    protected override string KeyHeader => "api-key";

    protected override ProviderInstance Instance => A.Instance("azure-openai", new Uri("https://acme-eu.openai.azure.com"));

    protected override IReadOnlyList<ProbeRow> Rows =>
    [
        ProbeRow.Ok(
            "list", """{"data":[{"id":"gpt-x","status":"succeeded","lifecycle_status":"generally-available","deprecation":{"inference":1798675200}}],"object":"list"}""",
            "azure-rest-api-specs get_models.json, 2026-08"),
        ProbeRow.Rejected(
            "wrong key or wrong place", 401, Error("401", "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key."), VerdictReason.Invalid,
            "SciSharp/BotSharp issue 386, 2026-08") with { NeedsKnownPlace = true },
        ProbeRow.Inconclusive("another 401", 401, Error("PermissionDenied", "…"), VerdictReason.UnexpectedBody, "own rule"),
        ProbeRow.Inconclusive(
            "firewall", 403, Error("403", "Access denied due to Virtual Network/Firewall rules."), VerdictReason.CallerBlocked,
            "azure-sql-db-chatbot issue 3, 2026-08"),
        ProbeRow.Rejected(
            "keys switched off", 403, Error(
                "AuthenticationTypeDisabled", "Key based authentication is disabled for this resource."), VerdictReason.AccountBlocked,
            "published client code, 2026-08"),
        ProbeRow.Inconclusive(
            "no such path", 404, """{"error":{"code":"404","message":"Resource not found"}}""", VerdictReason.WrongEndpoint,
            "own rule"),
        ProbeRow.Inconclusive("throttled", 429, Error("429", "…"), VerdictReason.Throttled, "unconfirmed"),
    ];

    [Fact]
    public void Classify_List_IsNotWholeAndTellsTheLifecycle()
    {
        var models = ClassifyOk("""{"data":[{"id":"a","lifecycle_status":"deprecating","deprecation":{"inference":1798675200}},{"id":"b","lifecycle_status":"preview"}]}""").Models.ShouldNotBeNull();

        models.IsWhole.ShouldBeFalse();
        models.Models.Select(model => model.IsDeprecated).ShouldBe([true, false]);
        models.Models[0].ShutdownAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1798675200));
    }

    [Fact]
    public void CreateProbe_EndpointOfTheV1Surface_AsksBelowIt()
    {
        var instance = Instance with { BaseUrl = new Uri("https://acme-eu.openai.azure.com/openai/v1/") };
        using var request = Provider.CreateProbe(MadeUpKey(), instance);

        request.RequestUri!.AbsoluteUri.ShouldBe("https://acme-eu.openai.azure.com/openai/v1/models");
    }

    [Fact]
    public void VerdictFor_NoEndpoint_IsAWrongEndpoint()
    {
        var provider = new AzureOpenAiProvider();

        provider.VerdictFor(A.Instance("azure-openai")).ShouldNotBeNull().Reason.ShouldBe(VerdictReason.WrongEndpoint);
        provider.VerdictFor(Instance).ShouldBeNull();
    }

    private static string Error(string code, string message) => $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}""";
}
