using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>What the clock brings: rungs, reminders, cadence and jumps.</summary>
public sealed class PassTimeTests
{
    [Fact]
    public async Task Sweep_DayByDay_TellsEachRungOnce()
    {
        await using var world = (await PassWorld.StartAsync()).With("k", Until(2027, 1, 31));
        await world.CheckAsync();

        var told = await DaysAsync(world, 75);

        told.ShouldBe(
            [
                "Trigger KeyExpiring k@30", "Trigger KeyExpiring k@14", "Trigger KeyExpiring k@7", "Trigger KeyExpiring k@3", "Trigger KeyExpiring k@1",
                "Resolved KeyExpiring k@1", "Trigger KeyExpired k",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Sweep_SeenLate_TellsTheLowestRungOnly()
    {
        await using var world = (await PassWorld.StartAsync()).With("k", Until(2026, 11, 25));

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Trigger KeyExpiring k@7"]);
    }

    [Fact]
    public async Task Sweep_NewVersion_ClimbsTheLadderAnew()
    {
        await using var world = (await PassWorld.StartAsync()).With("k", Until(2026, 11, 25));
        await world.CheckAsync();
        world.Local.Put("k", PassWorld.ValueOf("k", 2));
        world.Vendor.Accept(PassWorld.ValueOf("k", 2));
        world.Edit("k", Until(2026, 11, 26));

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Trigger KeyExpiring k@7", "Resolved KeyExpiring k@7", "Trigger KeyExpiring k@7"], ignoreOrder: true);
    }

    [Fact]
    public async Task Dispatch_OpenFinding_IsRemindedEveryRepeatEvery()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Local.Remove("k");
        await world.CheckAsync();
        for (var hour = 0; hour < 24; hour++)
        {
            world.Clock.Advance(TimeSpan.FromHours(1));
            await world.DispatchAsync();
        }

        world.Inbox.Take().ShouldBe(["Trigger SecretMissing k", .. Enumerable.Repeat("Reminder SecretMissing k", 6)]);
    }

    [Fact]
    public async Task Dispatch_ResolvedBeforeAnybodyWasTold_SendsNothing()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Local.Remove("k");
        await world.ServeAsync();
        (await world.OpenAsync()).ShouldBe(["SecretMissing k"]);
        world.Local.Put("k", PassWorld.ValueOf("k"));
        world.Clock.Advance(TimeSpan.FromHours(1));

        await world.ServeAsync();
        await world.DispatchAsync();

        world.Inbox.Take().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(10, 1, "not due")]
    [InlineData(17, 2, "due, jitter and all")]
    [InlineData(-60, 2, "a check in the future counts for nothing")]
    [InlineData(60 * 24 * 365 * 10, 2, "ten years on")]
    public async Task Serve_ClockMoved_ProbesWhatIsDue(int minutes, int probes, string why)
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.ServeAsync();
        world.Clock.JumpTo(world.Clock.GetUtcNow().AddMinutes(minutes));

        await world.ServeAsync();

        world.Vendor.CountOf(PassWorld.ValueOf("k")).ShouldBe(probes, why);
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public async Task Check_ClockJumpsDuringThePass_TellsWithinTwoMinutes(int hours)
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        world.Vendor.Asked = () =>
        {
            world.Vendor.Asked = null;
            world.Clock.JumpTo(world.Clock.GetUtcNow().AddHours(hours));
        };

        await world.CheckAsync();
        world.Clock.Advance(2 * PassWorld.Minute);
        await world.DispatchAsync();

        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k"]);
    }

    [Theory]
    [InlineData(30, false, 2, "finished messages are kept for thirty days")]
    [InlineData(401, true, 1, "findings and runs of checks for four hundred")]
    public async Task Check_Whole_PrunesWhatIsTooOld(int days, bool isFindingGone, int runs, string why)
    {
        await using var world = (await PassWorld.StartAsync())
            .With("k", key => key with { Policy = key.Policy with { RotateEvery = TimeSpan.FromDays(9999) } });
        world.Local.Remove("k");
        await world.CheckAsync();
        world.Local.Put("k", PassWorld.ValueOf("k"));
        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromDays(days));

        await world.CheckAsync("k");
        (await RowsAsync(world)).ShouldBe("2 messages, 1 findings, 2 runs", why);
        await world.CheckAsync();

        (await RowsAsync(world)).ShouldBe($"0 messages, {(isFindingGone ? 0 : 1)} findings, {runs} runs", why);
    }

    private static async Task<string> RowsAsync(PassWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(TestContext.Current.CancellationToken);
        var count = transaction.Prepare(
            "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM finding), (SELECT count(*) FROM check_run)");
        var rows = await count.ReadAsync(
            row => $"{row.Int()} messages, {row.Int()} findings, {row.Int()} runs", TestContext.Current.CancellationToken);
        return rows.Single();
    }

    private static Func<ManagedKey, ManagedKey> Until(int year, int month, int day) =>
        key => key with { Expires = new ExpiryStatement(new DateOnly(year, month, day), null) };

    private static async Task<IReadOnlyList<string>> DaysAsync(PassWorld world, int days)
    {
        var told = new List<string>();
        for (var day = 0; day < days; day++)
        {
            world.Clock.Advance(TimeSpan.FromDays(1));
            await world.SweepAsync();
            told.AddRange(world.Inbox.Take().Where(line => !line.StartsWith("Reminder", StringComparison.Ordinal)));
        }

        return told;
    }
}
