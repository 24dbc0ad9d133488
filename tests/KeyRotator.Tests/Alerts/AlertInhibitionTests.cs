using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What an outage explains is not told while it lasts, and what survives it is.</summary>
public sealed class AlertInhibitionTests
{
    private static readonly FindingSubject s_provider = FindingSubject.Provider("mistral");
    private static readonly FindingSubject s_key = FindingSubject.Key("key-1");

    private static readonly FindingClaim s_outage = new()
    {
        Key = new(s_provider, FindingReason.ProviderOutage, 0, ""),
        Severity = Severity.Warning,
        Message = "It does not answer.",
    };

    private static readonly FindingClaim s_unverified = AlertWorld.Claim("key-1", FindingReason.KeyUnverified, Severity.Warning);

    [Fact]
    public async Task Outage_WhatItExplains_IsToldWhenItIsOver()
    {
        await using var world = await StartAsync();
        await world.ClaimAsync(s_provider, s_outage);
        await world.ClaimAsync(s_key, s_unverified);
        await world.PassAsync(TimeSpan.FromMinutes(10));
        Told(world).ShouldBe(["ProviderOutage"]);

        await world.ClaimAsync(s_provider);
        await world.PassAsync(TimeSpan.FromMinutes(10));

        Told(world).ShouldBe(["ProviderOutage", "ProviderOutage over", "KeyUnverified"], ignoreOrder: true);
    }

    [Fact]
    public async Task Outage_WhatEndsWithIt_IsNeverTold()
    {
        await using var world = await StartAsync();
        await world.ClaimAsync(s_provider, s_outage);
        await world.ClaimAsync(s_key, s_unverified);
        await world.PassAsync(TimeSpan.FromMinutes(10));

        await world.ClaimAsync(s_key);
        await world.ClaimAsync(s_provider);
        await world.PassAsync(TimeSpan.FromMinutes(10));

        Told(world).ShouldBe(["ProviderOutage", "ProviderOutage over"]);
    }

    [Fact]
    public async Task Outage_WhatItDoesNotExplain_IsTold()
    {
        await using var world = await StartAsync();
        await world.ClaimAsync(s_provider, s_outage);
        await world.ClaimAsync(s_key, AlertWorld.Claim("key-1", FindingReason.KeyExpiring, Severity.Warning, 30));

        await world.PassAsync(TimeSpan.FromMinutes(10));

        Told(world).ShouldBe(["ProviderOutage", "KeyExpiring"], ignoreOrder: true);
    }

    private static Task<AlertWorld> StartAsync() =>
        AlertWorld.StartAsync(new AlertRoute { Channels = ["ops"], GroupBy = [GroupPart.Finding] }, A.Key("key-1"));

    private static IReadOnlyList<string> Told(AlertWorld world) =>
    [
        .. from message in world.Ops.Messages
           from finding in message.GetProperty("data").GetProperty("findings").EnumerateArray()
           let isOver = finding.GetProperty("resolvedAt").ValueKind is not System.Text.Json.JsonValueKind.Null
           select $"{finding.GetProperty("reason").GetString()}{(isOver ? " over" : "")}",
    ];
}
