using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>Whatever happens to findings, receivers and processes: what a receiver was told, folded by id, is the ledger in the
/// end.</summary>
public sealed class AlertFoldTests
{
    private const int Keys = 6;
    private const int Steps = 50;

    private static readonly FindingReason[] s_reasons =
        [FindingReason.KeyRejected, FindingReason.KeyExpiring, FindingReason.QuotaExhausted, FindingReason.KeyRestricted];

    private static readonly GroupPart[][] s_groups = [[GroupPart.Provider, GroupPart.Reason], [], [GroupPart.Finding]];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable
        .Range(1, int.TryParse(Environment.GetEnvironmentVariable("KEYROTATOR_SEEDS"), out var seeds) ? seeds : 12)
        .Select(seed => new TheoryDataRow<int>(seed));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Fold_AnyLife_IsTheLedger(int seed)
    {
        var random = new Random(seed);
        var route = new AlertRoute
        {
            Channels = ["ops", "pager"],
            GroupBy = s_groups[random.Next(s_groups.Length)],
            GroupWait = TimeSpan.FromSeconds(random.Next(60)),
            GroupInterval = TimeSpan.FromMinutes(random.Next(1, 10)),
        };
        await using var world = await AlertWorld.StartAsync(route, Enumerable.Range(0, Keys).Select(Key));
        var claims = new Dictionary<string, List<FindingClaim>>();
        for (var step = 0; step < Steps; step++)
        {
            await StepAsync(world, random, claims);
        }

        world.Ops.Recover();
        world.Pager.Recover();
        await world.PassAsync(TimeSpan.FromHours(14), TimeSpan.FromMinutes(10));
        await JudgeAsync(world, seed);
    }

    private static KeyRotator.Keys.ManagedKey Key(int number) => A.Key($"key-{number}", number % 2 == 0 ? "mistral" : "openai");

    private static async Task StepAsync(AlertWorld world, Random random, Dictionary<string, List<FindingClaim>> claims)
    {
        switch (random.Next(8))
        {
            case 0 or 1 or 2:
                await ChangeAsync(world, random, claims);
                break;
            case 3:
                world.Ops.Next(Faults(random));
                break;
            case 4:
                world.Pager.Next(Faults(random));
                break;
            case 5:
                world.Restart();
                break;
            case 6:
                await world.PassAsync(TimeSpan.FromMinutes(random.Next(1, 300)), TimeSpan.FromMinutes(10));
                break;
            default:
                await world.PassAsync(TimeSpan.FromSeconds(random.Next(1, 120)));
                break;
        }
    }

    private static List<ReceiverFault> Faults(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (ReceiverFault)random.Next(Enum.GetValues<ReceiverFault>().Length))];

    private static async Task ChangeAsync(AlertWorld world, Random random, Dictionary<string, List<FindingClaim>> claims)
    {
        var key = $"key-{random.Next(Keys)}";
        var held = claims.TryGetValue(key, out var known) ? known : claims[key] = [];
        var reason = s_reasons[random.Next(s_reasons.Length)];
        var at = held.FindIndex(claim => claim.Key.Reason == reason);
        if (at < 0)
        {
            held.Add(AlertWorld.Claim(key, reason, Severity.Warning, reason is FindingReason.KeyExpiring ? 30 : null));
        }
        else if (random.Next(3) == 0)
        {
            held[at] = held[at] with { Severity = Severity.Critical, Rung = held[at].Rung / 2 };
        }
        else
        {
            held.RemoveAt(at);
        }

        await world.ClaimAsync(FindingSubject.Key(key), [.. held]);
    }

    // What is about the age of a key that is known to be dead is told when it matters again.
    private static async Task JudgeAsync(AlertWorld world, int seed)
    {
        var open = await world.OpenAsync();
        var dead = open.Where(finding => finding.Key.Reason is FindingReason.KeyRejected).Select(finding => finding.Key.Subject)
            .ToHashSet();
        var certain = open.Where(finding => finding.Key.Reason is not FindingReason.KeyExpiring || !dead.Contains(finding.Key.Subject));
        var told = world.Ops.OpenFindings();

        told.Keys.Except(open.Select(world.Name)).ShouldBeEmpty($"told of what is over; seed {seed}");
        certain.Select(world.Name).Except(told.Keys).ShouldBeEmpty($"not told of what is open; seed {seed}");
        certain.ShouldAllBe(finding => told[world.Name(finding)] == finding.Severity.ToString(), $"severity; seed {seed}");
        (world.Pager.OpenIncidents().Count > 0).ShouldBe(told.Count > 0, $"incidents; seed {seed}");
        (await SettlesAsync(world)).ShouldBeTrue($"left in the outbox; seed {seed}");
    }

    // A reminder that was just queued waits for its group.
    private static async Task<bool> SettlesAsync(AlertWorld world)
    {
        for (var minute = 0; minute < 40; minute++)
        {
            if ((await world.WaitingAsync()).All(reason => reason == FindingReason.KeyExpiring))
            {
                return true;
            }

            await world.PassAsync(TimeSpan.FromMinutes(1));
        }

        return false;
    }
}
