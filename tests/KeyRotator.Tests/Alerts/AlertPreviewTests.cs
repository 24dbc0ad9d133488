using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>A preview says what would be told, and why not; looking changes nothing.</summary>
public sealed class AlertPreviewTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Preview_AFindingsLife_IsSaidAtEachStep()
    {
        await using var world = await QuietWorld.StartAsync();
        (await world.PreviewAsync()).ShouldBeEmpty();
        await world.ClaimAsync("search");
        (await world.PreviewAsync()).ShouldBe(["Trigger search ops Due 10:00 "]);

        await world.TickAsync();
        (await world.PreviewAsync()).ShouldBe(["Reminder search ops Later 14:00 told already"]);

        await world.AckAsync("search", s_hour);
        (await world.PreviewAsync()).ShouldBe(["Reminder search ops Acknowledged 11:00 acknowledged by ana"]);

        await world.UnackAsync("search");
        await world.SilenceAsync(2 * s_hour, "key=search");
        (await world.PreviewAsync()).ShouldBe(["Reminder search ops Silenced 12:00 silenced by ana (silence 1)"]);

        await world.ResolveAsync("search");
        (await world.PreviewAsync()).ShouldBe(["Resolved search ops Due 10:00 "]);
    }

    [Fact]
    public async Task Preview_WhatIsNotSent_SaysWhy()
    {
        await using var world = await QuietWorld.StartAsync();
        await world.ClaimAsync("chat", Severity.Info);
        await world.ClaimAsync("search", Severity.Warning, isFirstPass: true);
        (await world.PreviewAsync()).ShouldBe([
            "Trigger search ops Grouped 10:02 waits for its group",
            "Trigger chat - Nobody  info is sent only where a route asks for it",
        ]);

        var silence = await world.SilenceAsync(2 * s_hour, "key=search");
        (await world.PreviewAsync())[0].ShouldBe("Trigger search ops Silenced 12:00 silenced by ana (silence 1)");
        await world.UnsilenceAsync(silence);

        await world.ExecuteAsync($"UPDATE finding SET held_until = {world.Clock.GetUtcNow().AddHours(3).UtcTicks}");
        (await world.PreviewAsync())[0].ShouldBe("Trigger search ops HeldBack 13:00 held back: an outage explains it");
        await world.ExecuteAsync("UPDATE finding SET held_until = NULL");

        var now = world.Clock.GetUtcNow().UtcTicks;
        await world.ExecuteAsync($"INSERT INTO channel_status (channel, consecutive_failures, disabled_at) VALUES ('ops', 1, {now})");
        (await world.PreviewAsync())[0]
            .ShouldBe("Trigger search ops ChannelDisabled  channel disabled since 2026-11-21 10:00:00 UTC");

        await world.ExecuteAsync("UPDATE outbox SET channel = 'gone'");
        (await world.PreviewAsync())[1].ShouldBe("Trigger search gone ChannelUnknown  no such channel is configured any more");
    }
}
