using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary><c>check</c> against an OpenAI-compatible server that no one here wrote.</summary>
public sealed class MockLlmTests
{
    private static readonly string[] s_ids = ["good", "bad", "revoked"];

    [Fact(Timeout = 300_000)]
    public async Task Check_GoodBadAndRevokedInMidRun_AreToldApart()
    {
        await using var site = await Site.StartAsync();
        await using var mock = await MockLlm.StartAsync(site.Temp);
        var keys = Declare(site, mock);
        await mock.AcceptAsync(keys["good"], keys["revoked"]);

        (await site.RunAsync("check")).ExitCode.ShouldBe(3);
        site.Inbox.Take().ShouldBe(["Trigger KeyRejected bad"]);
        await mock.AcceptAsync(keys["good"]);
        await site.AgeAsync();
        var second = await site.RunAsync("check");

        second.Out.ShouldContain("3 keys: 1 accepted, 2 rejected, 0 inconclusive");
        site.Inbox.Take().ShouldBe(["Trigger KeyRejected revoked"]);
        site.ShouldHaveNoneOnDisk();
    }

    [Fact(Timeout = 300_000)]
    public async Task Check_ServerThatAsksForNoKey_IsNotBelieved()
    {
        await using var site = await Site.StartAsync();
        await using var mock = await MockLlm.StartAsync(site.Temp);
        Declare(site, mock);

        var check = await site.RunAsync("check", "--fail-on", "warning");

        check.ExitCode.ShouldBe(3, check.Out);
        check.Out.ShouldContain("ProbeUntrustworthy");
        check.Out.ShouldContain("0 accepted");
    }

    private static Dictionary<string, string> Declare(Site site, MockLlm mock)
    {
        var keys = s_ids.ToDictionary(id => id, _ => site.NewSecret());
        s_ids.ToList().ForEach(id => site.Environment[$"KEY_{id}"] = keys[id]);
        File.WriteAllText(site.At("keyrotator.yaml"), $$"""
            defaults: { confirmAfter: 1s }
            stores:
              env: { kind: env }
            providers:
              mock: { kind: openai-compatible, baseUrl: "{{mock.Address}}v1" }
            alerts:
              groupBy: [finding]
              channels:
                ops: { kind: webhook, url: "{{site.Receiver.Url}}", secret: "${HOOK_SECRET}" }
            keys:
            {{string.Join('\n', s_ids.Select(id => $"  {id}: {{ provider: mock, locations: [{{ store: env, name: KEY_{id} }}] }}"))}}
            """);
        return keys;
    }
}
