using KeyRotator.Audit;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Keys that an operator holds: passes, findings, states and time.</summary>
public sealed class PassSuspensionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suspend_KeyWithFindings_WithdrawsThemAtOnceAndProbesNoMore()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k"]);
        var asked = world.Vendor.CountOf(PassWorld.ValueOf("k"));

        await SuspendAsync(world, "k");

        (await world.OpenAsync()).ShouldBeEmpty();
        await world.DispatchAsync();
        world.Inbox.Take().ShouldBe(["Withdrawn KeyRejected k"]);
        world.Inbox.Http.Requests[^1].Text.ShouldContain("Withdrawn, not fixed: the key was suspended by ops@test: moving house");
        world.Clock.Advance(TimeSpan.FromDays(3));
        await world.CheckAsync();
        await world.SweepAsync();
        world.Inbox.Take().ShouldBeEmpty();
        world.Vendor.CountOf(PassWorld.ValueOf("k")).ShouldBe(asked);
        (await world.StatusAsync("k")).State.ShouldBe(KeyState.Suspended);
    }

    [Fact]
    public async Task Suspend_AlertThatNobodyHeardYet_IsNeverSent()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        world.Clock.Advance(PassWorld.Minute);
        await world.ServeAsync();
        (await world.OpenAsync()).ShouldBe(["KeyRejected k"]);

        await SuspendAsync(world, "k");
        await world.DispatchAsync();

        world.Inbox.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Suspend_WhileAPassLooks_DropsWhatThePassSaw()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        await world.CheckAsync();
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        var once = false;
        world.Vendor.Asked = () =>
        {
            if (!once)
            {
                once = true;
                SuspendAsync(world, "k").GetAwaiter().GetResult();
            }
        };

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
        var status = await world.StatusAsync("k");
        (status.State, status.Verdict).ShouldBe((KeyState.Suspended, Verdict.Accepted));
        world.Inbox.Take().ShouldBeEmpty();
    }

    [Fact]
    public async Task Resume_Key_IsDueAtOnceAndFoundDeadAnew()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        await world.CheckAsync();
        await SuspendAsync(world, "k");
        await world.CheckAsync();
        (await world.StatusAsync("k")).NextCheckAt.ShouldBeNull();

        (await Acts(world).ResumeAsync([world.Inventory.Find(KeyId.Parse("k"))!], Token)).ShouldBeEmpty();

        (await world.StatusAsync("k")).NextCheckAt.ShouldBe(world.Clock.GetUtcNow());
        world.Inbox.Take();
        await world.CheckAsync();
        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k"]);
    }

    [Fact]
    public async Task Resume_AfterDaysUnproven_DoesNotCountThem()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Everybody = FakeVendor.Broken;
        await world.CheckAsync();
        await SuspendAsync(world, "k");
        world.Clock.Advance(TimeSpan.FromDays(9));

        await Acts(world).ResumeAsync([world.Inventory.Find(KeyId.Parse("k"))!], Token);
        await world.SweepAsync();

        (await world.OpenAsync()).ShouldNotContain("KeyUnverified k");
    }

    [Fact]
    public async Task Lapse_TimeIsOver_ResumesAndSaysSoOnce()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        await SuspendAsync(world, "k", world.Clock.GetUtcNow().AddHours(1));
        (await Acts(world).LapseAsync(Token)).ShouldBe(0);
        world.Clock.Advance(TimeSpan.FromHours(1));

        (await Acts(world).LapseAsync(Token)).ShouldBe(1);
        (await Acts(world).LapseAsync(Token)).ShouldBe(0);

        (await world.StatusAsync("k")).State.ShouldBe(KeyState.Active);
        var acts = await ActsOfAsync(world, "k");
        acts.Select(act => act.Act).ShouldBe([AuditActs.KeyResumed, AuditActs.KeySuspended]);
        acts[0].Reason.ShouldStartWith("It was suspended until 2026-");
        var asked = world.Vendor.CountOf(PassWorld.ValueOf("k"));
        await world.CheckAsync();
        world.Vendor.CountOf(PassWorld.ValueOf("k")).ShouldBeGreaterThan(asked);
    }

    [Fact]
    public async Task Suspend_Key_MovesItsVersionThereAndBack()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        await SuspendAsync(world, "k");
        await world.CheckAsync();
        await Acts(world).ResumeAsync([world.Inventory.Find(KeyId.Parse("k"))!], Token);
        await world.CheckAsync();

        (await MovesAsync(world, "k")).ShouldBe(["-Active check", "Active-Suspended ops@test", "Suspended-Active unknown"]);
    }

    [Fact]
    public async Task Suspend_ByTheConfiguration_MovesItsVersionToo()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        world.Edit("k", key => key with { Suspended = true });
        await world.CheckAsync();
        await world.CheckAsync();
        world.Edit("k", key => key with { Suspended = false });
        await world.CheckAsync();

        (await MovesAsync(world, "k")).ShouldBe(["-Active check", "Active-Suspended configuration", "Suspended-Active configuration"]);
    }

    [Fact]
    public async Task Suspend_TwoAtOnce_OneDecidesAndTheOtherHearsOfIt()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        var key = world.Inventory.Keys[0];
        var suspension = Held(world, null);

        var both = await Task.WhenAll(
            Acts(world).SuspendAsync([key], suspension, Token), Acts(world).SuspendAsync([key], suspension with { By = "b@test" }, Token));

        both.Count(held => held.Count == 0).ShouldBe(1);
        (await ActsOfAsync(world, "k")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Suspend_OneOfSeveralIsHeld_HoldsNone()
    {
        await using var world = (await PassWorld.StartAsync()).With("a").With("b");
        await SuspendAsync(world, "a");

        (await Acts(world).SuspendAsync(world.Inventory.Keys, Held(world, null), Token)).Keys.ShouldBe([KeyId.Parse("a")]);

        await world.CheckAsync();
        (await world.StatusAsync("b")).Verdict.ShouldBe(Verdict.Accepted);
        (await ActsOfAsync(world, "b")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Forget_SuspendedKey_ForgetsTheDecisionToo()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await SuspendAsync(world, "k");
        await using var transaction = await world.State.BeginWriteAsync(Token);

        await KeyStatusTable.ForgetAsync(transaction, KeyId.Parse("k"), Token);

        (await SuspensionTable.AllAsync(transaction, Token)).ShouldBeEmpty();
    }

    [Fact]
    public void Findings_OfAKeyAndOfItsRotation_AreToldApartInOneWay()
    {
        foreach (var reason in FindingCatalog.Reasons)
        {
            foreach (var mark in (string[])["", "rotation 1"])
            {
                var key = new FindingKey(FindingSubject.Key("k"), reason, 0, mark);
                var isAboutKeys = KeyClaims.Reasons.Contains(reason) || RotationReasons.Contains(reason);
                (!isAboutKeys || KeySuspensions.IsOfKey(key) == KeyClaims.SpeaksFor(key)).ShouldBeTrue($"{reason} {mark}");
            }
        }
    }

    private static IReadOnlySet<FindingReason> RotationReasons => KeyRotator.Rotation.RotationClaims.Reasons;

    private static Suspension Held(PassWorld world, DateTimeOffset? until) =>
        new() { Since = world.Clock.GetUtcNow(), By = "ops@test", Reason = "moving house", Until = until };

    private static KeySuspensions Acts(PassWorld world) =>
        new(world.State, new FindingWriter(world.Configured, world.Inventory, world.State.InstallationId), world.Clock);

    private static async Task SuspendAsync(PassWorld world, string id, DateTimeOffset? until = null) =>
        (await Acts(world).SuspendAsync([world.Inventory.Find(KeyId.Parse(id))!], Held(world, until), Token)).ShouldBeEmpty();

    private static async Task<IReadOnlyList<AuditRow>> ActsOfAsync(PassWorld world, string id)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return await AuditTable.NewestAsync(transaction, id, DateTimeOffset.MinValue, 10, Token);
    }

    private static async Task<IEnumerable<string>> MovesAsync(PassWorld world, string id)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        var moves = await KeyStates.TransitionsAsync(transaction, KeyId.Parse(id), Token);
        return moves[1].Select(move => $"{move.From}-{move.To} {move.By}").ToList();
    }
}
