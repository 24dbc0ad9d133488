using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>A key whose only store has no history: the old value is kept at the customer's own place until the end.</summary>
public sealed class KeptValueTests
{
    private const int Enough = 40;
    private const string Foreign = "somebody-elses-value-3c1d";
    private readonly ForgetfulLabStore _store = new("kv1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Every moment at which such a rotation touches its store.</summary>
    public static TheoryData<int> Moments => [.. Enumerable.Range(0, Enough)];

    [Fact]
    public async Task CarryOn_NoHistory_KeepsTheOldValueBeforeTheFirstOverwrite()
    {
        await using var world = await StartAsync();
        var effects = new List<string>();
        _store.At = what =>
        {
            if (what == "before write kv1")
            {
                effects.Add($"{_store.Current("llm")} {_store.Current("old")}");
            }
        };

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        effects.ShouldBe([$"{RotationWorld.Old} ", $"{RotationWorld.Old} {RotationWorld.Old}"]);
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
    }

    [Fact]
    public async Task SeeOut_OldKeyRevoked_IsProvenDeadAndTheCopyRemoved()
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);

        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.FromDays(3));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed);
        (_store.Current("llm"), _store.Current("old")).ShouldBe((RotationWorld.New, null));
    }

    [Fact]
    public async Task RollBack_NoHistory_PutsTheKeptValueBackAndRemovesTheCopy()
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        await ActAsync(world, RotationActs.RollBack);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.RolledBack);
        (_store.Current("llm"), _store.Current("old")).ShouldBe((RotationWorld.Old, null));
    }

    [Fact]
    public async Task Close_OnAnOperatorsWord_RemovesTheCopy()
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        await ActAsync(world, RotationActs.Close);

        var last = await world.LastAsync();
        (last.Phase, last.EndedAt is not null).ShouldBe((RotationPhase.Unproven, true));
        _store.Current("old").ShouldBeNull();
    }

    // The old key is alive, and nothing else holds it any more.
    [Fact]
    public async Task Abandon_AfterTheOverwrite_LeavesTheCopyAndSaysWhere()
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        await ActAsync(world, RotationActs.Abandon);

        var last = await world.LastAsync();
        (last.Phase, last.EndedAt is not null, _store.Current("old")).ShouldBe((RotationPhase.Abandoned, true, RotationWorld.Old));
        last.Outcome!.ShouldEndWith("The old value was left at kv1:old: remove it there once the old key is revoked.");
    }

    [Fact]
    public async Task Abandon_BeforeTheOverwrite_RemovesTheCopy()
    {
        await using var world = await StartAsync();
        var journal = await world.SubmitAsync();
        var isWritten = false;
        _store.At = what =>
        {
            if (isWritten)
            {
                throw new SecretStoreException("kv1", what, null, isTransient: true, "It is down.");
            }

            isWritten = what == "after write kv1";
        };
        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.Zero);
        _store.At = null;
        (_store.Current("llm"), _store.Current("old")).ShouldBe((RotationWorld.Old, RotationWorld.Old));
        await journal.ReleaseAsync(Token);

        await ActAsync(world, RotationActs.Abandon);

        (await world.LastAsync()).Outcome.ShouldBe("Given up before anything was written.");
        (_store.Current("llm"), _store.Current("old")).ShouldBe((RotationWorld.Old, null));
    }

    // A call that was sent may still arrive: it is not sent anew at once.
    [Fact]
    public async Task Keep_AnswerLost_IsWrittenAnewOnlyOnceTheFirstHadTimeToArrive()
    {
        await using var world = await StartAsync();
        _store.Lose("write kv1");
        var journal = await world.SubmitAsync();

        await world.CarryOnAsync(journal, RotationWorld.New, LocationWork.SettleTime - TimeSpan.FromSeconds(1));

        journal.Rotation.Kept!.Attempt.ShouldBe(1);
        _store.At = null;
        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(2));
        (journal.Rotation.Kept!.Attempt, journal.Rotation.Phase).ShouldBe((2, RotationPhase.Overlap));
    }

    // What it did after the end nobody would look for.
    [Fact]
    public async Task Abandon_CopyOnItsWay_WaitsForItAndRemovesIt()
    {
        await using var world = await StartAsync();
        _store.Lose("write kv1");
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.Zero);
        _store.At = null;
        await journal.SaveAsync(RotationActs.Abandon(journal.Rotation, world.Clock.GetUtcNow()), null, Token);

        await world.CarryOnAsync(journal, patience: TimeSpan.Zero);

        journal.Rotation.EndedAt.ShouldBeNull("it may still arrive");
        _store.Put("old", RotationWorld.Old);
        await world.CarryOnAsync(journal, patience: TimeSpan.FromMinutes(2));
        (journal.Rotation.EndedAt is not null, _store.Current("old")).ShouldBe((true, null));
    }

    [Fact]
    public async Task End_AnotherValueAtThePlace_IsLeftAsItIs()
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        _store.Put("old", Foreign);

        await ActAsync(world, RotationActs.Close);

        (await world.LastAsync()).EndedAt.ShouldNotBeNull();
        _store.Current("old").ShouldBe(Foreign);
        (await world.StoryAsync()).ShouldContain(what => what.Contains("Another value lies at kv1:old"));
    }

    [Fact]
    public async Task End_StoreRefusesTheRemoval_SaysWhatIsLeft()
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        _store.At = what =>
        {
            if (what == "before remove kv1")
            {
                throw new SecretConflictException("kv1", RotationWorld.At("kv1", "old"), "It holds something else.");
            }
        };

        await ActAsync(world, RotationActs.Close);

        var last = await world.LastAsync();
        last.EndedAt.ShouldNotBeNull();
        last.Outcome!.ShouldContain("The old value was left at kv1:old: remove it there.");
    }

    [Fact]
    public async Task End_StoreDown_StaysOpenUntilTheCopyIsGone()
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        _store.At = _ => throw new SecretStoreException("kv1", "read", null, isTransient: true, "It is down.");

        await ActAsync(world, RotationActs.Close);

        (await world.LastAsync()).EndedAt.ShouldBeNull();
        _store.At = null;
        (await world.SettleAsync()).EndedAt.ShouldNotBeNull();
        _store.Current("old").ShouldBeNull();
    }

    [Fact]
    public async Task CarryOn_CandidateRefused_NeverWritesTheCopy()
    {
        await using var world = await StartAsync();
        world.Vendor.Revoke(RotationWorld.New);

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Refused);
        _store.Current("old").ShouldBeNull();
    }

    [Fact]
    public async Task Submit_ForeignValueAtThePlace_IsRefusedWithBothFingerprints()
    {
        await using var world = await StartAsync();
        _store.Put("old", Foreign);

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => world.SubmitAsync());

        refusal.Message.ShouldContain(world.PrintOf(RotationWorld.Old));
        refusal.Message.ShouldContain(world.PrintOf(Foreign));
        _store.Current("old").ShouldBe(Foreign);
    }

    [Fact]
    public async Task CarryOn_ForeignValueAtThePlaceMeanwhile_AsksAndOverwritesNothing()
    {
        await using var world = await StartAsync();
        var journal = await world.SubmitAsync();
        _store.Put("old", Foreign);

        var stop = await world.CarryOnAsync(journal, RotationWorld.New);

        stop.ShouldBeOfType<RotationStep.Ask>().Needs.ShouldContain("kv1:old");
        (_store.Current("llm"), _store.Current("old")).ShouldBe((RotationWorld.Old, Foreign));
        (await world.FindingsAsync()).ShouldBe(["Critical ForeignChange"]);
    }

    [Fact]
    public async Task Submit_NoProof_KeepsNothing()
    {
        await using var world = await StartAsync();

        await world.CarryOnAsync(
            await world.SubmitAsync(edit: request => request with { WaivesProof = true }), RotationWorld.New, TimeSpan.FromDays(2));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Unproven);
        _store.Current("old").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_Killed_LosesNoValue(int moment)
    {
        await using var world = await StartAsync();
        var journal = await world.SubmitAsync();
        var isKilled = Stop(moment, _ => new KilledException());

        try
        {
            await world.CarryOnAsync(journal, RotationWorld.New);
        }
        catch (KilledException)
        {
            isKilled().ShouldBeTrue();
        }

        _store.At = null;
        await ShouldBeWholeAsync(world, await world.SettleAsync());
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_AnswerLost_EndsWithTheNewValueAndTheCopy(int moment)
    {
        await using var world = await StartAsync();
        var journal = await world.SubmitAsync();
        Stop(moment, what => new SecretStoreException("kv1", what, null, isTransient: true, "No answer came."));

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(5));

        _store.At = null;
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap, string.Join('\n', await world.StoryAsync()));
        await ShouldBeWholeAsync(world, await world.LastAsync());
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task End_Killed_RemovesTheCopyAndEnds(int moment)
    {
        await using var world = await StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        var isKilled = Stop(moment, _ => new KilledException());

        try
        {
            await ActAsync(world, RotationActs.Close);
        }
        catch (KilledException)
        {
            isKilled().ShouldBeTrue();
        }

        _store.At = null;
        var last = await world.SettleAsync();
        (last.Phase, last.EndedAt is not null).ShouldBe((RotationPhase.Unproven, true));
        (_store.Current("llm"), _store.Current("old")).ShouldBe((RotationWorld.New, null));
        _store.Dropped.ShouldBe(["old"], "removed once, and nothing else");
    }

    private Task<RotationWorld> StartAsync()
    {
        _store.Put("llm", RotationWorld.Old);
        return RotationWorld.StartAsync(
            key => key with { Locations = [RotationWorld.At("kv1", "llm")], Previous = RotationWorld.At("kv1", "old") }, _store);
    }

    private static async Task ActAsync(RotationWorld world, Func<KeyRotation, DateTimeOffset, KeyRotation> act)
    {
        var journal = (await world.RestartAsync())!;
        await journal.SaveAsync(act(journal.Rotation, world.Clock.GetUtcNow()), null, TestContext.Current.CancellationToken);
        await world.CarryOnAsync(journal);
        await journal.ReleaseAsync(TestContext.Current.CancellationToken);
    }

    // Throws at the nth moment, once.
    private Func<bool> Stop(int moment, Func<string, Exception> fault)
    {
        var count = 0;
        _store.At = what =>
        {
            if (count++ == moment)
            {
                throw fault(what);
            }
        };
        return () => count > moment;
    }

    private async Task ShouldBeWholeAsync(RotationWorld world, KeyRotation end)
    {
        var story = string.Join('\n', await world.StoryAsync());
        (string?, string?) expected = end.Phase switch
        {
            RotationPhase.Overlap => (RotationWorld.New, RotationWorld.Old),
            RotationPhase.Refused when end.EndedAt is not null => (RotationWorld.Old, null),
            _ => throw new ShouldAssertException($"It stands at {end.Phase}, {end.Needs}.\n{story}"),
        };
        (_store.Current("llm"), _store.Current("old")).ShouldBe(expected, story);
        _store.SeenBy("llm").Count.ShouldBe(end.Phase is RotationPhase.Overlap ? 2 : 1, story);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }
}
