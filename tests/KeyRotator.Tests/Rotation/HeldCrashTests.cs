using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Killed before every effect of a rotation that waits, and after it before anything was recorded; or the answer was
/// lost.</summary>
public sealed class HeldCrashTests
{
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Touches of stores on the way to the holding place, and some.</summary>
    public static TheoryData<int> Few => [.. Enumerable.Range(0, 14)];

    /// <summary>Touches of stores from its time on, and some.</summary>
    public static TheoryData<int> Many => [.. Enumerable.Range(0, 44)];

    [Theory]
    [MemberData(nameof(Few))]
    public async Task Hold_Killed_WaitsOrChangedNothing(int moment)
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        var journal = await lab.SubmitAsync(s_ahead);

        await DiesAsync(lab, moment, () => world.CarryOnAsync(journal, RotationWorld.New));
        for (var round = 0; round < 4 && await IsOnItsWayAsync(world); round++)
        {
            await lab.ResumeAsync(TimeSpan.FromMinutes(2));
        }

        var last = await world.LastAsync();
        var isWaiting = last.Phase is RotationPhase.Held;
        (last.Phase, lab.Waiting).ShouldBe(isWaiting ? (RotationPhase.Held, RotationWorld.New) : (RotationPhase.Refused, null));
        (last.EndedAt is null).ShouldBe(isWaiting);
        await world.ShouldStandAsync(last.Phase, RotationWorld.Old, seen: 1);
    }

    [Theory]
    [MemberData(nameof(Few))]
    public async Task Hold_AnswerLost_WaitsAllTheSame(int moment)
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        var journal = await lab.SubmitAsync(s_ahead);
        lab.Stop(moment, what => new SecretStoreException("hold", what, null, isTransient: true, "No answer came."));

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(5));

        lab.Waiting.ShouldBe(RotationWorld.New);
        await world.ShouldStandAsync(RotationPhase.Held, RotationWorld.Old, seen: 1);
    }

    [Theory]
    [MemberData(nameof(Many))]
    public async Task Due_Killed_GoesLiveAndWaitsNoMore(int moment)
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(s_ahead);

        await DiesAsync(lab, moment, () => lab.ResumeAsync());
        await SweepAsync(lab);

        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Theory]
    [MemberData(nameof(Many))]
    public async Task Due_AnswerLost_GoesLiveAndWaitsNoMore(int moment)
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(s_ahead);
        lab.Stop(moment, what => new SecretStoreException("lab", what, null, isTransient: true, "No answer came."));

        await lab.ResumeAsync(TimeSpan.FromMinutes(5));
        lab.Heal();
        await SweepAsync(lab);

        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Theory]
    [MemberData(nameof(Few))]
    public async Task Lapse_Killed_IsRemovedAndEnds(int moment)
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync();
        world.Clock.Advance(RotationTerms.Longest);

        await DiesAsync(lab, moment, () => lab.ResumeAsync());
        await SweepAsync(lab);

        (await world.LastAsync()).EndedAt.ShouldNotBeNull();
        await lab.ShouldStandAsync(RotationPhase.Refused, RotationWorld.Old);
        ((ForgetfulLabStore)lab.Store).Dropped.ShouldBe(["next"], "removed once, and nothing else");
    }

    [Theory]
    [MemberData(nameof(Few))]
    public async Task Release_WordOverItKilled_EndsWithTheWord(int moment)
    {
        await using var lab = new HoldingLab(new LabStore("hold"));
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        await world.ActAsync(RotationActs.Abandon);

        await DiesAsync(lab, moment, () => lab.ResumeAsync());
        await SweepAsync(lab);

        (await world.LastAsync()).EndedAt.ShouldNotBeNull();
        lab.Waiting.ShouldBe("nothing-waits-here");
    }

    // The one who slept holds an old fence: what it saw is out of date, and it writes nothing.
    [Fact]
    public async Task Due_TwoWorkers_TheOneThatSleptWritesNothing()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(s_ahead);
        var asleep = (await world.RestartAsync())!;

        await lab.ResumeAsync();
        await Should.ThrowAsync<RotationLostException>(() => world.CarryOnAsync(asleep));

        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Hold_TwoWorkers_AbandonedMeanwhile_StaysRemoved()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        var asleep = await lab.SubmitAsync(s_ahead);
        var isAway = false;
        lab.Store.Pause = async what =>
        {
            if (what == "before read hold" && !isAway)
            {
                isAway = true;
                await lab.World.ActAsync(RotationActs.Abandon);
            }
        };

        await Should.ThrowAsync<RotationLostException>(() => world.CarryOnAsync(asleep, RotationWorld.New));

        await lab.ShouldStandAsync(RotationPhase.Abandoned, RotationWorld.Old);
    }

    private static async Task<bool> IsOnItsWayAsync(RotationWorld world) =>
        await world.LastAsync() is { EndedAt: null, Phase: not RotationPhase.Held };

    // What the service does: it takes what is due, until nothing is.
    private static async Task SweepAsync(HoldingLab lab)
    {
        for (var round = 0; round < 12; round++)
        {
            lab.World.Clock.Advance(RotationDesk.Lease);
            if ((await lab.DueAsync()).Count == 0)
            {
                return;
            }

            await lab.ResumeAsync(TimeSpan.FromMinutes(2));
        }
    }

    private static async Task DiesAsync(HoldingLab lab, int moment, Func<Task> work)
    {
        var isKilled = lab.Stop(moment, _ => new KilledException());
        try
        {
            await work();
        }
        catch (KilledException)
        {
            isKilled().ShouldBeTrue();
        }

        lab.Heal();
    }
}
