using System.Globalization;
using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Simulation;

/// <summary>180 fake days of keys that are rotated again and again by two processes, while everything fails now and then: twenty times with
/// a few keys, every tenth with fifty; with KEYROTATOR_SEEDS=1000 a thousand times with fifty.</summary>
public sealed class RotationSimulationTests
{
    private const int MostOfOneKind = 6;
    private static readonly TimeSpan s_step = TimeSpan.FromHours(12);

    private static readonly string? s_asked = Environment.GetEnvironmentVariable("KEYROTATOR_SEEDS");

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.Parse(s_asked ?? "20", CultureInfo.InvariantCulture))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Run_HalfAYear_NothingIsLostStuckOrCriedTwice(int seed)
    {
        var keys = s_asked is null && seed % 10 > 0 ? 6 : 50;
        await using var fleet = await RotationFleet.StartAsync(keys, seed);
        var dead = new HashSet<long>();
        for (var end = fleet.Now + TimeSpan.FromDays(180); fleet.Now < end;)
        {
            await fleet.StepAsync(s_step);
            await ShouldBeSoundAsync(fleet, dead, seed);
        }

        (fleet.IsCalm, var last) = (true, fleet.Now + TimeSpan.FromDays(30));
        fleet.Rest();
        while (fleet.Now < last && (await fleet.OpenAsync()).Count > 0)
        {
            await fleet.StepAsync(s_step);
            await ShouldBeSoundAsync(fleet, dead, seed);
        }

        (await fleet.OpenAsync()).Select(each => $"{each.Id} {each.Phase} {each.Needs}").ShouldBeEmpty($"seed {seed}");
        fleet.Faults().ShouldBeEmpty($"seed {seed}");
        (await OftenAsync(fleet)).ShouldBeEmpty($"seed {seed}");
        (await CriedAsync(fleet)).Where(told => told.Count > fleet.Outages + fleet.Checks.Lapses.GetValueOrDefault(told.Key))
            .ShouldBeEmpty($"seed {seed}");
        var all = await fleet.ListAsync(all: true);
        all.Count(each => each.Phase is RotationPhase.Completed).ShouldBeGreaterThan(keys / 2, $"seed {seed}");
        (fleet.Checks.Lapses.Count > 0 || keys < 50).ShouldBeTrue($"seed {seed}: nobody died, so nothing was proven");
    }

    private static async Task ShouldBeSoundAsync(RotationFleet fleet, HashSet<long> dead, int seed)
    {
        var open = await fleet.OpenAsync();
        open.DistinctBy(each => (each.KeyId, each.Kind, each.Kind is RotationKind.Watch ? each.OldFingerprint : null)).Count()
            .ShouldBe(open.Count, $"seed {seed}");
        (await fleet.UnheardAsync()).ShouldBeEmpty($"seed {seed} at {fleet.Now:u}");
        await using var transaction = await fleet.State.BeginReadAsync(Token);
        var findings = (await FindingTable.OpenAsync(transaction, Token)).Select(finding => finding.Key.Mark).ToHashSet();
        foreach (var each in open)
        {
            var isTold = findings.Contains($"rotation {each.Id}");
            var isSound = each.Needs is null ? each.NextAt > fleet.Now - (2 * s_step) : isTold;
            isSound.ShouldBeTrue($"seed {seed}: {each.Id} {each.Phase} {each.Needs}");
            if (each.Phase is RotationPhase.OldKeyDead && dead.Add(each.Id))
            {
                fleet.IsAlive(each.OldFingerprint!.Value).ShouldBeFalse($"seed {seed}: {each.Id}");
            }
        }
    }

    // How often each key was said to be rejected: once for each time that it died, and at most once for each outage.
    private static async Task<IReadOnlyList<(KeyId Key, int Count)>> CriedAsync(RotationFleet fleet)
    {
        await using var transaction = await fleet.State.BeginReadAsync(Token);
        return await transaction
            .Prepare("SELECT subject, count(*) FROM finding WHERE subject_kind = 'Key' AND reason = 'KeyRejected' GROUP BY subject")
            .ReadAsync(row => (row.Key(), row.Int()), Token);
    }

    // Findings of one kind about one rotation that came again and again.
    private static async Task<IReadOnlyList<string>> OftenAsync(RotationFleet fleet)
    {
        await using var transaction = await fleet.State.BeginReadAsync(Token);
        return await transaction
            .Prepare("SELECT mark || ' ' || reason FROM finding WHERE mark LIKE 'rotation %' GROUP BY mark, reason HAVING count(*) > @most")
            .Set("@most", MostOfOneKind)
            .ReadAsync(row => row.Text(), Token);
    }
}
