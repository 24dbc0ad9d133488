using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Two workers on one rotation: the first sleeps at any moment, the second takes over, the first wakes up late.</summary>
public sealed class TakeoverTests
{
    private const int MostCalls = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static TheoryData<int> Moments => RotationFaults.Moments;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task CarryOn_WokenLate_RecordsAndUndoesNothing(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var (nap, journal) = (new Nap(moment), await world.SubmitAsync());
        world.Staging.Pause = world.Plain.Pause = nap.PassAsync;
        var first = new RotationRunner(world.Open(), journal).CarryOnAsync(new SecretValue(RotationWorld.New), s_patience, Token);
        await Drive.UntilDone(Task.WhenAny(first, nap.Asleep), world.Clock, RotationDesk.Lease);
        world.Staging.Pause = world.Plain.Pause = null;
        var end = await world.SettleAsync();
        var story = await world.StoryAsync();

        nap.Wake();

        if (nap.Asleep.IsCompleted)
        {
            await Should.ThrowAsync<RotationLostException>(() => Drive.UntilDone(first, world.Clock));
        }

        (await world.StoryAsync()).ShouldBe(story, "the late one recorded nothing");
        await ShouldBeWholeAsync(world, end, $"asleep at {moment}");
    }

    // The one that sleeps wakes up in the midst of the other's work, at each of its calls.
    [Theory]
    [MemberData(nameof(Moments))]
    public async Task CarryOn_WokenInTheMidstOfTheOthersWork_BothEndWithOneNewVersion(int moment)
    {
        for (var other = 0; await WakeWithinAsync(moment, other); other++)
        {
            other.ShouldBeLessThan(MostCalls, "the one that took over goes round in circles");
        }
    }

    // Whether it came to both moments.
    private static async Task<bool> WakeWithinAsync(int moment, int other)
    {
        await using var world = await RotationWorld.StartAsync();
        var (early, late, journal) = (new Nap(moment), new Nap(other), await world.SubmitAsync());
        world.Staging.Pause = world.Plain.Pause = early.PassAsync;
        var first = new RotationRunner(world.Open(), journal).CarryOnAsync(new SecretValue(RotationWorld.New), s_patience, Token);
        await Drive.UntilDone(Task.WhenAny(first, early.Asleep), world.Clock, RotationDesk.Lease);
        if (!early.Asleep.IsCompleted)
        {
            return false;
        }

        world.Staging.Pause = world.Plain.Pause = late.PassAsync;
        var second = CarryOnAsync(world, (await world.RestartAsync())!);
        await Drive.UntilDone(Task.WhenAny(second, late.Asleep), world.Clock, RotationDesk.Lease);
        world.Staging.Pause = world.Plain.Pause = null;
        early.Wake();
        await Should.ThrowAsync<RotationLostException>(() => Drive.UntilDone(first, world.Clock));
        late.Wake();
        await Drive.UntilDone(second, world.Clock, RotationDesk.Lease);
        await ShouldBeWholeAsync(world, await world.SettleAsync(), $"asleep at {moment}, woken at {other}");
        return late.Asleep.IsCompleted;
    }

    private static async Task CarryOnAsync(RotationWorld world, RotationJournal journal)
    {
        await new RotationRunner(world.Desk, journal).CarryOnAsync(null, s_patience, Token);
        await journal.ReleaseAsync(Token);
    }

    private static async Task ShouldBeWholeAsync(RotationWorld world, KeyRotation end, string which)
    {
        var story = $"{which}\n{end.Phase}: {end.Needs}\n{string.Join('\n', await world.StoryAsync())}";
        end.Phase.ShouldBeOneOf([RotationPhase.Overlap, RotationPhase.Refused], story);
        var value = end.Phase is RotationPhase.Refused ? RotationWorld.Old : RotationWorld.New;
        foreach (var store in new LabStore[] { world.Staging, world.Plain })
        {
            store.Current("llm").ShouldBe(value, story);
            store.SeenBy("llm").Count.ShouldBe(value == RotationWorld.New ? 2 : 1, story);
        }

        (await world.FindingsAsync()).ShouldBeEmpty(story);
    }

    // What the late one staged for a rotation that was refused must not stand in the way of the next.
    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Submit_AfterAnAbandonedRotation_GoesThrough(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var submitted = await world.SubmitAsync();
        await world.DiesAsync(moment, () => world.CarryOnAsync(submitted, RotationWorld.New));
        await world.ActAsync(RotationActs.Abandon);
        (await world.SettleAsync()).EndedAt.ShouldNotBeNull();
        const string Next = "key-next-77aa0c3e55d1";
        world.Vendor.Accept(Next);

        var journal = await world.SubmitAsync(Next);
        await world.CarryOnAsync(journal, Next, TimeSpan.FromMinutes(5));

        journal.Rotation.Phase.ShouldBe(RotationPhase.Overlap, string.Join('\n', await world.StoryAsync()));
        world.Staging.Current("llm").ShouldBe(Next);
        world.Plain.Current("llm").ShouldBe(Next);
    }

    [Fact]
    public async Task Release_ByALateOne_LeavesTheLocksOfTheOther()
    {
        await using var world = await RotationWorld.StartAsync();
        var late = await world.SubmitAsync();
        var present = (await world.RestartAsync())!;
        (await present.LockAsync(present.Rotation.Locations[0], Token)).ShouldBeTrue();

        await late.ReleaseAsync(Token);

        await using var transaction = await world.State.BeginWriteAsync(Token);
        var other = new SecretLock("aws", "llm", present.Rotation.Id + 1);
        var now = world.Clock.GetUtcNow();
        (await SecretLockTable.TakeAsync(transaction, other, now, now + RotationDesk.Lease, Token)).ShouldBeFalse();
    }

    [Fact]
    public async Task Take_KeyIsConfiguredNoMore_LeavesItToWhoeverKnowsIt()
    {
        await using var world = await RotationWorld.StartAsync();
        await (await world.SubmitAsync()).ReleaseAsync(Token);
        var without = RotationWorld.DeskOf(world.State, world.Clock, world.Vendor, [], [world.Staging, world.Plain]);
        var unknown = RotationWorld.DeskOf(world.State, world.Clock, world.Vendor, [world.Key], [world.Staging]);

        (await new RotationRound(without, "run").TakeAsync(1, Token)).ShouldBeNull();
        (await new RotationRound(unknown, "run").TakeAsync(1, Token)).ShouldBeNull();

        (await new RotationRound(world.Desk, "run").TakeAsync(1, Token)).ShouldNotBeNull("nobody works on it");
    }

    private sealed class Nap(int moment)
    {
        private readonly TaskCompletionSource _asleep = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _awake = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task Asleep => _asleep.Task;

        public void Wake() => _awake.TrySetResult();

        public async Task PassAsync(string what)
        {
            if (_count++ == moment)
            {
                _asleep.SetResult();
                await _awake.Task;
            }
        }
    }
}
