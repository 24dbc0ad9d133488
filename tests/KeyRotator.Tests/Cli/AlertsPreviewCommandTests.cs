using System.Security.Cryptography;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class AlertsPreviewCommandTests
{
    [Fact]
    public async Task Preview_Open_IsATableAndChangesNothing()
    {
        await using var world = await QuietShell.StartAsync();
        var before = Hash(world);

        var shown = await world.RunAsync("alerts", "preview");

        (shown.ExitCode, shown.Error).ShouldBe((0, ""));
        shown.Out.ShouldBe("""
            SEVERITY  REASON       ABOUT         CHANNEL  TELLS     WHEN
            Critical  KeyRejected  mistral-prod  ops      Reminder  not: nobody is reminded of it

            """);
        await world.RunAsync("alerts", "preview", "--channel", "ops", "--payload");
        await world.RunAsync("alerts", "preview", "-o", "json");
        Hash(world).ShouldBe(before);
    }

    [Fact]
    public async Task Preview_Json_HasTheContractsMembers()
    {
        await using var world = await QuietShell.StartAsync();

        var line = (await world.JsonAsync("alerts", "preview", "--key", "mistral-prod", "--channel", "ops"))[0];

        Json.Members(line).ShouldBe([
            "finding", "severity", "reason", "subjectKind", "subject", "findings", "channel", "kind", "state", "at", "why"]);
        line.GetProperty("state").GetString().ShouldBe("Told");
        (await world.JsonAsync("alerts", "preview", "--key", "openai-ci")).GetArrayLength().ShouldBe(0);
        (await world.RunAsync("alerts", "preview", "--key", "openai-ci")).Out
            .ShouldBe("Nothing would be sent: nothing is open, and nothing waits.\n");
    }

    // Whatever a kind puts where: address, credentials and signature are not in what is printed.
    [Theory]
    [InlineData("webhook", "url: \"https://ops.example/{0}\", secret: \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"")]
    [InlineData("slack", "url: \"https://hooks.slack.com/services/{0}\"")]
    [InlineData("googlechat", "url: \"https://chat.googleapis.com/v1/spaces/x/messages?key={0}\"")]
    [InlineData("pagerduty", "routingKey: {0}")]
    [InlineData("opsgenie", "apiKey: {0}")]
    public async Task Payload_EachKind_IsTheBodyWithoutItsSecrets(string kind, string members)
    {
        await using var world = await QuietShell.StartAsync();
        var canary = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var channel = $"ops: {{ kind: {kind}, {members.Replace("{0}", canary, StringComparison.Ordinal)} }}";
        world.Shell.Write("keyrotator.yaml", Inventory.Yaml.With("ops: { kind: webhook, url: \"${HOOK}\" }", channel));

        var shown = await world.RunAsync("alerts", "preview", "--channel", "ops", "--payload");

        shown.ExitCode.ShouldBe(0, shown.Error);
        JsonDocument.Parse(shown.Out).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        shown.Out.ShouldContain("mistral-prod");
        shown.Error.ShouldStartWith("[CRITICAL, STILL OPEN] KeyRejected: mistral-prod (prod) (application/json, ");
        var listed = (await world.RunAsync("alerts", "preview", "--channel", "ops", "--payload", "-o", "json")).Out;
        Json.Members(JsonDocument.Parse(listed).RootElement[0]).ShouldBe(["finding", "kind", "contentType", "body"]);
        foreach (var secret in (string[])[canary, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,", "https://ops.example"])
        {
            (shown.Out + shown.Error + listed).ShouldNotContain(secret);
        }
    }

    [Theory]
    [InlineData("--payload wants --channel", "--payload")]
    [InlineData("Unknown channel 'opz'. Did you mean 'ops'?", "--channel", "opz")]
    [InlineData("Unknown key 'mistral-prd'.", "--key", "mistral-prd")]
    public async Task Preview_BadInput_IsOneSentence(string sentence, params string[] arguments)
    {
        await using var world = await QuietShell.StartAsync();

        var refused = await world.RunAsync(["alerts", "preview", .. arguments]);

        (refused.ExitCode, refused.Out).ShouldBe((2, ""));
        refused.Error.ShouldContain(sentence);
    }

    private static string Hash(QuietShell world) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(world.Database)));
}
