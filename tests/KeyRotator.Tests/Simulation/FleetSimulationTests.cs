using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Simulation;

/// <summary>Thirty fake days of fifty keys: nothing dies unheard, nothing is cried without a cause, and what was cried is taken
/// back.</summary>
public sealed class FleetSimulationTests
{
    private const int Keys = 50;
    private static readonly TimeSpan s_step = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_cadence = TimeSpan.FromHours(1);

    // Cadence with its jitter, confirmation, the pass's end, a hold, and the steps in which the simulation looks and dispatches.
    private static readonly TimeSpan s_within =
        (s_cadence * (1 + Cadence.Jitter)) + KeyPolicy.Default.ConfirmAfter + OutageRecorder.LongestWait + OutageGuard.LongestHold + (
            2 * s_step);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_ThirtyDays_TellsWhatIsTrueAndInTime(int seed)
    {
        await using var world = await StartAsync();
        var (fleet, timeline) = (new Fleet(world, Keys, seed), new Timeline(world));
        await timeline.RunAsync(TimeSpan.FromHours(3), s_step);

        await timeline.RunAsync(TimeSpan.FromDays(30), s_step, fleet.Happen);
        await timeline.RunAsync(TimeSpan.FromHours(3), s_step, fleet.Heal);

        fleet.Dead.Where(spell => IsUnheard(spell, fleet, timeline)).ShouldBeEmpty($"seed {seed}");
        timeline.Told.Where(told => !HasCause(told, fleet)).ShouldBeEmpty($"seed {seed}");
        Unresolved(timeline).ShouldBeEmpty($"seed {seed}");
        (await world.OpenAsync()).Where(line => !line.StartsWith("ForeignChange", StringComparison.Ordinal)).ShouldBeEmpty($"seed {seed}");
        fleet.Dead.Count.ShouldBeGreaterThan(30);
    }

    private static async Task<PassWorld> StartAsync()
    {
        var world = await PassWorld.StartAsync();
        var policy = KeyPolicy.Default with { CheckEvery = s_cadence };
        Enumerable.Range(1, Keys).ToList().ForEach(number => world.With($"k{number}", key => key with { Policy = policy }));
        return world;
    }

    // What nothing could be known of for a while has that time, and one more cadence, on top.
    private static bool IsUnheard(Spell dead, Fleet fleet, Timeline timeline)
    {
        var blind = fleet.Blind.Where(spell => spell.Covers(dead.From, s_within) || dead.Covers(spell.From, TimeSpan.Zero)).ToList();
        var until = dead.From + s_within + blind.Aggregate(
            TimeSpan.Zero, (sum, spell) => sum + (spell.To - spell.From) + (s_cadence * (1 + Cadence.Jitter)));
        return dead.To > until
            && !timeline.Told.Any(told => told.Line == $"Trigger KeyRejected {dead.Subject}" && dead.From <= told.At && told.At <= until);
    }

    private static bool HasCause(Told told, Fleet fleet) => told.Line.Split(' ') switch
    {
        ["Resolved", ..] => true,
        [_, "KeyRejected", var id] => fleet.Dead.Any(spell => spell.Subject == id && spell.Covers(told.At, 2 * s_step)),
        [_, "StoreUnavailable", _] => Is("store", told, fleet),
        [_, "ProviderOutage", _] => Is("refusing", told, fleet) || Is("broken", told, fleet)
            || fleet.Dead.Count(
                spell => spell.Covers(told.At, TimeSpan.Zero) && told.At - spell.From <= s_within) >= OutageGuard.LeastRejected,
        _ => false,
    };

    private static bool Is(string trouble, Told told, Fleet fleet) =>
        fleet.Blind.Any(spell => spell.Subject == trouble && spell.Covers(told.At, s_within));

    private static IEnumerable<Told> Unresolved(Timeline timeline) => timeline.Told
        .GroupBy(told => told.Id)
        .Where(told => told.Count(each => each.Is("Resolved")) != 1 || !told.Last().Is("Resolved"))
        .Select(told => told.First());
}
