using System.Text.Json;
using KeyRotator.Audit;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>The two-person rule.</summary>
public sealed class ApprovalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Submitter's account and operator, approver's account and operator, and what the refusal says; null where there is
    /// none.</summary>
    public static TheoryData<string, string?, string, string?, string?> People { get; } = new()
    {
        { "ana@desk", null, "ben@desk", null, null },
        { "ana@desk", null, "ana@desk", null, "ana@desk handed it in" },
        { "ana@desk", null, "ana@bastion", null, "use one account" },
        { "ana@desk", null, "ANA@desk", null, "use one account" },
        { "ops@bastion", "ana", "ops@bastion", "ben", null },
        { "ops@bastion", "ana", "ops@bastion", null, "not both gave an operator's token" },
        { "ops@bastion", null, "ops@bastion", "ben", "not both gave an operator's token" },
        { "ops@bastion", null, "ops@other", "ben", "not both gave an operator's token" },
        { "ops@bastion", "ana", "ops@bastion", "ana", "ana handed it in" },
        { "ana@desk", "ana", "root@server", "ana", "ana handed it in" },
        { "ana@desk", "ana", "ben@desk", null, null },
        { "", null, "", null, "handed it in" },
    };

    [Theory]
    [MemberData(nameof(People))]
    public void WhyNotApprove_AnyTwo_IsByWhoTheyAre(string submitter, string? first, string approver, string? second, string? refusal)
    {
        var why = new RotationPerson(approver, second).WhyNotApprove(new RotationPerson(submitter, first));

        (why is null).ShouldBe(refusal is null, why);
        (why ?? "").ShouldContain(refusal ?? "");
    }

    [Fact]
    public async Task Hold_ApprovalNeeded_WaitsForItAndSaysSo()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);

        await lab.HoldAsync();

        var last = await world.LastAsync();
        (last.AwaitsApproval, last.NextAt).ShouldBe((true, last.SubmittedAt + RotationTerms.Longest));
        (await world.FindingsAsync()).ShouldBe(["Warning ApprovalWaiting"]);
        (await WaitingAsync(world)).ShouldBe(1);
        world.Staging.Current("llm").ShouldBe(RotationWorld.Old);
    }

    [Fact]
    public async Task Approve_BySomebodyElse_GoesLive()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync();

        await lab.ApproveAsync();

        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
        (await world.LastAsync()).Terms.Approval!.By.ShouldBe("ben@desk");
        (await WaitingAsync(world)).ShouldBe(0);
    }

    [Fact]
    public async Task Approve_BeforeItsTime_WaitsForThat()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync(TimeSpan.FromDays(1));

        await lab.ApproveAsync();

        var last = await world.LastAsync();
        (last.Phase, last.NextAt, lab.Waiting).ShouldBe((RotationPhase.Held, last.Terms.DueAt, RotationWorld.New));
        (await world.FindingsAsync()).ShouldBeEmpty();
        world.Clock.Advance(TimeSpan.FromDays(1));
        await lab.ResumeAsync();
        await lab.ShouldStandAsync(RotationPhase.Overlap, RotationWorld.New);
    }

    [Fact]
    public async Task Approve_NobodyDoes_LapsesAndNothingIsSaidAnyMore()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync(TimeSpan.FromDays(1));
        world.Clock.Advance(TimeSpan.FromDays(2));
        (await lab.ResumeAsync()).ShouldBeOfType<RotationStep.Wait>();
        lab.Waiting.ShouldBe(RotationWorld.New, "its time has come, and nobody said yes");
        world.Clock.Advance(RotationTerms.Longest);

        await lab.ResumeAsync();

        (await world.LastAsync()).Outcome!.ShouldContain("nobody approved it");
        await lab.ShouldStandAsync(RotationPhase.Refused, RotationWorld.Old);
    }

    [Fact]
    public async Task Approve_Emergency_IsNeededAllTheSameAndTheWaitIsCritical()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);

        await lab.HoldAsync(edit: request => request with { IsEmergency = true });

        (await world.FindingsAsync()).ShouldBe(["Critical ApprovalWaiting"]);
        world.Staging.Current("llm").ShouldBe(RotationWorld.Old);
    }

    // The policy of the moment at which it was handed in: whoever edits the file meanwhile approves nothing.
    [Fact]
    public async Task Resume_WithoutAnApproval_WaitsOn()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync();

        await world.ActAsync(RotationActs.Resume);
        var stop = await world.CarryOnAsync((await world.RestartAsync())!, RotationWorld.New);

        stop.ShouldBeOfType<RotationStep.Wait>();
        world.Staging.Current("llm").ShouldBe(RotationWorld.Old);
    }

    [Fact]
    public async Task Approve_Twice_IsRefused()
    {
        await using var lab = new HoldingLab();
        await lab.StartAsync(approvals: 1);
        await lab.HoldAsync(TimeSpan.FromDays(1));
        await lab.ApproveAsync();

        (await Should.ThrowAsync<RotationRefusedException>(lab.ApproveAsync)).Message.ShouldContain("was approved already, by ben@desk");
    }

    [Fact]
    public async Task Approve_ByTheSubmitter_IsRefusedAndChangesNothing()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync();

        await Should.ThrowAsync<RotationRefusedException>(
            () => lab.ActAsync((rotation, now) => RotationActs.Approve(rotation, HoldingLab.Ana, now)));

        (await world.LastAsync()).AwaitsApproval.ShouldBeTrue();
    }

    [Fact]
    public async Task Approve_NotHeldYetOrNotNeededOrLapsed_IsRefused()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        var journal = await lab.SubmitAsync();
        var (submitted, now) = (journal.Rotation, world.Clock.GetUtcNow());
        var held = submitted with { Phase = RotationPhase.Held };

        Refusal(submitted, now).ShouldContain("once its new key is proven");
        Refusal(held with { Terms = held.Terms with { Approvals = 0 } }, now).ShouldContain("needs no approval");
        Refusal(held with { Terms = held.Terms with { Submitter = null } }, now).ShouldContain("Nobody knows who");
        Refusal(held, now + RotationTerms.Longest).ShouldContain("lapsed");

        static string Refusal(KeyRotation rotation, DateTimeOffset now) => Should.Throw<RotationRefusedException>(
            () => RotationActs.Approve(rotation, HoldingLab.Ben, now)).Message;
    }

    [Fact]
    public async Task RollBack_OfWhatWaits_IsRefused()
    {
        await using var lab = new HoldingLab();
        await lab.StartAsync(approvals: 1);
        await lab.HoldAsync();

        (await Should.ThrowAsync<RotationRefusedException>(() => lab.ActAsync(RotationActs.RollBack))).Message.ShouldContain("abandon it");
    }

    [Fact]
    public async Task Submit_NoHoldingPlace_IsRefusedWithWhatToConfigure()
    {
        await using var world = await RotationWorld.StartAsync(key => key with { Policy = KeyPolicy.Default with { Approvals = 1 } });

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => world.SubmitAsync());

        refusal.Message.ShouldContain("`holding: { store: …, name: … }`");
    }

    [Fact]
    public async Task Audit_EachAct_IsARowAndNoneHoldsAValue()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync();

        await lab.ApproveAsync();

        var story = string.Concat(await world.StoryAsync());
        await using var transaction = await world.State.BeginReadAsync(Token);
        var rows = await AuditTable.PageAsync(transaction, 0, 1000, Token);
        var told = rows.Select(row => $"{row.Act}: {row.Reason}").ToList();
        told.ShouldContain("rotation.write-begun: Writing it to where it waits, hold:next.");
        told.ShouldContain("rotation.step: It waits at hold:next for somebody else's approval.");
        told.ShouldContain("rotation.step: Took it from hold:next to put it in place.");
        told.ShouldContain("rotation.write-begun: Removing it from where it waited, hold:next.");
        told.ShouldContain("rotation.step: Removed it from hold:next, where it waited.");
        var text = JsonSerializer.Serialize(rows) + story;
        text.ShouldNotContain(RotationWorld.New[8..]);
    }

    [Fact]
    public async Task Audit_Lapse_IsTheEnd()
    {
        await using var lab = new HoldingLab();
        var world = await lab.StartAsync(approvals: 1);
        await lab.HoldAsync();
        world.Clock.Advance(RotationTerms.Longest);
        await lab.ResumeAsync();

        await using var transaction = await world.State.BeginReadAsync(Token);
        var rows = await AuditTable.PageAsync(transaction, 0, 1000, Token);
        rows.Select(row => row.Reason).ShouldContain("It lapsed: nobody approved it in time. Nothing was changed.");
        (rows[^1].Act, rows[^1].Outcome).ShouldBe((AuditActs.RotationEnded, nameof(RotationPhase.Refused)));
    }

    private static async Task<int> WaitingAsync(RotationWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return await RotationTable.WaitingForOperatorAsync(transaction, Token);
    }
}
