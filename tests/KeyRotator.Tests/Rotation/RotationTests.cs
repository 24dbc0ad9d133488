using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Whole rotations over two stores, from the hand-in to the proof of death.</summary>
public sealed class RotationTests
{
    [Fact]
    public async Task CarryOn_WhatAnOperatorEnded_IsToldOnce()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New);
        var closed = RotationActs.Close(journal.Rotation, world.Clock.GetUtcNow());
        closed.EndedAt.ShouldBeNull("a pin and marks are still to be removed");
        await journal.DecideAsync(closed, closed.Outcome!, TestContext.Current.CancellationToken);

        await world.CarryOnAsync(journal);

        var story = await world.StoryAsync();
        story.Count(what => what == closed.Outcome).ShouldBe(1);
        story[^1].ShouldBe("It ended as Unproven.");
    }

    [Fact]
    public async Task Submit_BesideOneThatIsStillCleaningUp_SaysHowToGoOn()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        await world.CarryOnAsync(journal, RotationWorld.New);
        await journal.DecideAsync(
            RotationActs.Close(journal.Rotation, world.Clock.GetUtcNow()), "Closed.", TestContext.Current.CancellationToken);
        const string Next = "key-next-77aa0c3e55d1";

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => world.SubmitAsync(Next));

        refusal.Message.ShouldBe(
            "Rotation 1 of k has ended as Unproven, and what it left in a store is still to be removed: `keyrotator rotations resume 1` "
            + "tries it now, `keyrotator rotations abandon 1` leaves it there.");
        await world.SettleAsync();
        (await world.SubmitAsync(Next)).Rotation.Id.ShouldBe(2);
    }

    [Fact]
    public async Task CarryOn_GoodCandidate_IsLiveEverywhere()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();

        var stop = await world.CarryOnAsync(journal, RotationWorld.New);

        stop.ShouldBeOfType<RotationStep.Wait>();
        journal.Rotation.Phase.ShouldBe(RotationPhase.Overlap);
        world.Staging.SeenBy("llm").ShouldBe([RotationWorld.Old, RotationWorld.New]);
        world.Plain.SeenBy("llm").ShouldBe([RotationWorld.Old, RotationWorld.New]);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task CarryOn_StagesBeforeAnythingGoesLive()
    {
        await using var world = await RotationWorld.StartAsync(key => key with { Locations = [.. key.Locations.Reverse()] });
        var effects = new List<string>();
        world.Staging.At = world.Plain.At = effects.Add;
        var journal = await world.SubmitAsync();

        await world.CarryOnAsync(journal, RotationWorld.New);

        effects.Where(effect => effect.StartsWith("after", StringComparison.Ordinal) && !effect.Contains("read"))
            .ShouldBe(["after describe vault", "after describe aws", "after stage aws", "after describe aws", "after pin aws",
                "after promote aws", "after write vault", "after tag vault", "after tag aws"]);
    }

    [Fact]
    public async Task CarryOn_RejectedCandidate_ChangesNothing()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Vendor.Revoke(RotationWorld.New);
        var journal = await world.SubmitAsync();

        await world.CarryOnAsync(journal, RotationWorld.New);

        journal.Rotation.Phase.ShouldBe(RotationPhase.Refused);
        world.Staging.SeenBy("llm").ShouldBe([RotationWorld.Old]);
        world.Plain.SeenBy("llm").ShouldBe([RotationWorld.Old]);
    }

    [Fact]
    public async Task SeeOut_OldKeyRevoked_IsProvenDeadAndCompleted()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);

        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.FromDays(3));

        var last = await world.LastAsync();
        last.Phase.ShouldBe(RotationPhase.Completed);
        last.Death.Rejections.ShouldBe(DeathProof.Needed + 1, "asked once more a day later");
        (await world.StoryAsync()).ShouldContain("The provider refused the old key three times over ten minutes: it is dead.");
    }

    [Fact]
    public async Task SeeOut_OldKeyAliveTooLong_IsAFinding()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        await world.CarryOnAsync((await world.RestartAsync())!, patience: KeyPolicy.Default.RetireWithin + TimeSpan.FromHours(2));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        (await world.FindingsAsync()).ShouldBe(["Warning OldKeyAlive"]);
    }

    [Fact]
    public async Task CarryOn_OneStoreDown_OtherGoesOnAndItFollowsLater()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        world.Plain.At = what => throw new SecretStoreException("vault", "read", null, isTransient: true, "It is down.");

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(30));

        world.Staging.Current("llm").ShouldBe(RotationWorld.New);
        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
        world.Plain.At = null;
        (await world.SettleAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        world.Plain.Current("llm").ShouldBe(RotationWorld.New);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task CarryOn_ForeignValue_IsLeftAsItIs()
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        world.Plain.Put("llm", "somebody-elses-value-3c1d");

        var stop = await world.CarryOnAsync(journal, RotationWorld.New);

        stop.ShouldBeOfType<RotationStep.Ask>().Needs.ShouldContain("vault:llm");
        world.Plain.Current("llm").ShouldBe("somebody-elses-value-3c1d");
        (await world.FindingsAsync()).ShouldBe(["Critical ForeignChange"]);
    }

    [Fact]
    public async Task CarryOn_OtherFieldChangedMeanwhile_IsKept()
    {
        await using var world = await RotationWorld.StartAsync(
            key => key with { Locations = [RotationWorld.At("aws", "json", "A")] });
        world.Staging.Put("json", $$"""{"A":"{{RotationWorld.Old}}", "B":"one"}""");
        var journal = await world.SubmitAsync();
        var isChanged = false;
        world.Staging.At = what =>
        {
            if (what == "before promote aws" && !isChanged)
            {
                isChanged = true;
                world.Staging.Put("json", $$"""{"A":"{{RotationWorld.Old}}", "B":"two"}""");
            }
        };

        await world.CarryOnAsync(journal, RotationWorld.New);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        world.Staging.Current("json").ShouldBe($$"""{"A":"{{RotationWorld.New}}", "B":"two"}""");
    }

    [Fact]
    public async Task CarryOn_AfterOneThatWasGivenUpStaged_IsNotInItsWay()
    {
        await using var world = await RotationWorld.StartAsync();
        var first = await world.SubmitAsync();
        world.Staging.At = what => _ = what == "before promote aws" ? throw new KilledException() : 0;
        await Should.ThrowAsync<KilledException>(() => world.CarryOnAsync(first, RotationWorld.New));
        world.Staging.At = null;
        var second = (await world.RestartAsync())!;
        await second.SaveAsync(RotationActs.Abandon(second.Rotation, world.Clock.GetUtcNow()), null, TestContext.Current.CancellationToken);
        await world.CarryOnAsync(second);
        const string Other = "key-other-77aa21bc9d3e41f0";
        world.Vendor.Accept(Other);

        await world.CarryOnAsync(await world.SubmitAsync(Other), Other, TimeSpan.FromMinutes(1));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap, string.Join('\n', await world.StoryAsync()));
        world.Staging.SeenBy("llm").ShouldBe([RotationWorld.Old, Other]);
    }

    [Fact]
    public async Task Submit_TwoAtOnce_OneIsRefused()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.SubmitAsync();

        (await Should.ThrowAsync<RotationRefusedException>(() => world.SubmitAsync("key-other-77aa21bc9d3e"))).Message
            .ShouldContain("Rotation 1 of k is open already");
    }

    [Fact]
    public async Task CarryOn_WorkerThatWakesUpLate_WritesNoMore()
    {
        await using var world = await RotationWorld.StartAsync();
        var late = await world.SubmitAsync();
        var now = (await world.RestartAsync())!;

        await Should.ThrowAsync<RotationLostException>(() => world.CarryOnAsync(late, RotationWorld.New));

        await world.CarryOnAsync(now);
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Refused);
        world.Staging.SeenBy("llm").ShouldBe([RotationWorld.Old]);
    }
}
