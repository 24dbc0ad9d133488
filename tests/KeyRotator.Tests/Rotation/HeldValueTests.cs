using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>A replacement that waits for its time in the key's holding place.</summary>
public sealed class HeldValueTests
{
    private const string Foreign = "somebody-elses-value-3c1d";
    private static readonly TimeSpan s_ahead = TimeSpan.FromDays(2);

    [Fact]
    public async Task Hold_WithATime_WaitsThereAndChangesNoLocation()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();

        var journal = await lab.HoldAsync(s_ahead);

        var last = await world.LastAsync();
        (last.Phase, last.AwaitsApproval, last.NextAt).ShouldBe((RotationPhase.Held, false, last.SubmittedAt + s_ahead));
        lab.Waiting.ShouldBe(RotationWorld.New);
        (world.Staging.Current("llm"), world.Plain.Current("llm")).ShouldBe((RotationWorld.Old, RotationWorld.Old));
        (await world.FindingsAsync()).ShouldBeEmpty();
        journal.Rotation.Held!.Step.ShouldBe(LocationStep.Done);
    }

    [Fact]
    public async Task Hold_BeforeItsTime_IsNotDueAndStaysAsItIs()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(s_ahead - TimeSpan.FromHours(1));

        (await lab.DueAsync()).ShouldBeEmpty();
        (await lab.ResumeAsync()).ShouldBe(new RotationStep.Wait((await world.LastAsync()).Terms.DueAt!.Value));
        lab.Waiting.ShouldBe(RotationWorld.New);
    }

    [Fact]
    public async Task Hold_ItsTimeHasCome_IsProvenAnewAndGoesLiveAndWaitsNoMore()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(TimeSpan.FromMinutes(5));
        var asked = world.Vendor.CountOf(RotationWorld.New);
        world.Clock.Advance(TimeSpan.FromMinutes(3));

        await lab.ResumeAsync();

        world.Vendor.CountOf(RotationWorld.New).ShouldBe(asked + 2, "the first proof is ten minutes old at most, and does not count");
        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Hold_ItsTimeIsTheLastMoment_IsCarriedOutAllTheSame()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(RotationTerms.Longest);
        world.Clock.Advance(RotationTerms.Longest + TimeSpan.FromHours(23));

        await lab.ResumeAsync();

        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Hold_NobodyWasThereAtItsTime_Lapses()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(RotationTerms.Longest);

        await lab.ResumeAsync();

        (await world.LastAsync()).Outcome!.ShouldStartWith("It lapsed");
        await lab.ShouldStandAsync(RotationPhase.Refused, RotationWorld.Old);
    }

    [Fact]
    public async Task Hold_GivenUp_IsRemoved()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);

        await lab.ActAsync(RotationActs.Abandon);

        (await world.LastAsync()).EndedAt.ShouldNotBeNull();
        await lab.ShouldStandAsync(RotationPhase.Abandoned, RotationWorld.Old);
    }

    [Fact]
    public async Task Hold_CandidateRefused_IsNeverWrittenThere()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        world.Vendor.Revoke(RotationWorld.New);

        await lab.HoldAsync(s_ahead);

        await lab.ShouldStandAsync(RotationPhase.Refused, RotationWorld.Old);
    }

    [Fact]
    public async Task Submit_StrangersValueThere_IsRefusedAndLeft()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        lab.Store.Put("next", Foreign);

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => lab.SubmitAsync(s_ahead));

        refusal.Message.ShouldContain(world.PrintOf(Foreign));
        lab.Waiting.ShouldBe(Foreign);
    }

    [Fact]
    public async Task Hold_StrangersValueThereMeanwhile_EndsAndLeavesIt()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        var journal = await lab.SubmitAsync(s_ahead);
        lab.Store.Put("next", Foreign);

        await world.CarryOnAsync(journal, RotationWorld.New);

        await world.ShouldStandAsync(RotationPhase.Refused, RotationWorld.Old, seen: 1);
        lab.Waiting.ShouldBe(Foreign);
        (await world.LastAsync()).EndedAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(Foreign)]
    [InlineData(null)]
    public async Task Fetch_ValueIsThereNoMore_AsksAndLapsesLeavingWhatIsThere(string? instead)
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        lab.Store.Remove("next");
        if (instead is not null)
        {
            lab.Store.Put("next", instead);
        }

        world.Clock.Advance(s_ahead);
        var stop = await lab.ResumeAsync();

        stop.ShouldBeOfType<RotationStep.Ask>().Needs.ShouldContain("hold:next");
        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
        (await lab.DueAsync()).ShouldBeEmpty("it waits for an operator");
        world.Clock.Advance(RotationTerms.Longest);
        (await lab.DueAsync()).ShouldBe([1]);
        await lab.ResumeAsync();
        await world.ShouldStandAsync(RotationPhase.Refused, RotationWorld.Old, seen: 1);
        lab.Waiting.ShouldBe(instead);
    }

    [Fact]
    public async Task Fetch_ValueHandedInAgain_GoesOn()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        lab.Store.Remove("next");
        world.Clock.Advance(s_ahead);
        await lab.ResumeAsync();
        await world.ActAsync(RotationActs.Resume);

        await world.CarryOnAsync((await world.RestartAsync())!, RotationWorld.New);

        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Fetch_StoreDown_IsTriedAgainAndToldAfterAWhile()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(s_ahead);
        lab.Store.Lose("read hold");

        (await lab.ResumeAsync(TimeSpan.FromMinutes(20))).ShouldBeOfType<RotationStep.Wait>();

        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
        (world.Staging.Current("llm"), (await world.LastAsync()).Phase).ShouldBe((RotationWorld.Old, RotationPhase.Held));
        lab.Heal();
        await lab.ResumeAsync(TimeSpan.FromMinutes(10));
        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Fetch_CandidateDeadByThen_AsksAndWritesNothing()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Vendor.Revoke(RotationWorld.New);
        world.Clock.Advance(s_ahead);

        (await lab.ResumeAsync(TimeSpan.FromMinutes(3))).ShouldBeOfType<RotationStep.Ask>();

        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
        world.Staging.Current("llm").ShouldBe(RotationWorld.Old);
        await lab.ActAsync(RotationActs.Abandon);
        await lab.ShouldStandAsync(RotationPhase.Abandoned, RotationWorld.Old);
    }

    [Fact]
    public async Task Fetch_ProviderDownAtItsTime_IsTriedAgain()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Vendor.Everybody = FakeVendor.Broken;
        world.Clock.Advance(s_ahead);
        (await lab.ResumeAsync(TimeSpan.FromMinutes(3))).ShouldBeOfType<RotationStep.Wait>();
        world.Staging.Current("llm").ShouldBe(RotationWorld.Old);
        world.Vendor.Everybody = null;

        await lab.ResumeAsync(TimeSpan.FromMinutes(10));

        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Release_StoreDown_DoesNotHoldUpTheOverlapAndIsTriedAgain()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Clock.Advance(s_ahead);
        lab.Store.Lose("remove hold");

        await lab.ResumeAsync();

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        lab.Waiting.ShouldBe(RotationWorld.New);
        lab.Heal();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        (await lab.DueAsync()).ShouldBe([1], "long before the grace ends");
        await lab.ResumeAsync();
        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Hold_WhatIsFoundAtALocation_IsNotAdopted()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync();
        await lab.HoldAsync(s_ahead);
        world.Plain.Put("llm", Foreign);
        world.Clock.Advance(s_ahead);
        await lab.ResumeAsync();

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => lab.ActAsync(RotationActs.Adopt));

        refusal.Message.ShouldContain("--overwrite");
        await lab.ActAsync(RotationActs.Overwrite);
        world.Plain.Current("llm").ShouldBe(RotationWorld.New);
        lab.Waiting.ShouldBeNull();
    }
}
