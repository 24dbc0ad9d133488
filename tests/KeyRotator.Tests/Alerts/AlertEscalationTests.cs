using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What grows worse is told at once, however often it does.</summary>
public sealed class AlertEscalationTests
{
    private static readonly FindingSubject s_key = FindingSubject.Key("key-1");

    [Fact]
    public async Task Severity_GrowsFallsAndGrowsAgain_IsToldEachTimeItGrows()
    {
        await using var world = await AlertWorld.StartAsync(new AlertRoute { Channels = ["ops"] }, A.Key("key-1"));

        foreach (var severity in new[] { Severity.Warning, Severity.Critical, Severity.Warning, Severity.Critical })
        {
            await world.ClaimAsync(s_key, AlertWorld.Claim("key-1", FindingReason.KeyRestricted, severity));
            await world.PassAsync(TimeSpan.FromMinutes(10));
        }

        world.Ops.Messages.Select(message => message.GetProperty("data").GetProperty("severity").GetString())
            .ShouldBe(["Warning", "Critical", "Critical"]);
    }
}
