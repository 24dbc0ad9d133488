using KeyRotator.Expiry;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Expiry;

public sealed class ExpiryLadderTests
{
    private static readonly DateTimeOffset s_expiry = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(31, 0, null, "above the highest rung")]
    [InlineData(30, -1, 30, "a tick past the rung's instant")]
    [InlineData(30, 0, 30, "at the rung's instant")]
    [InlineData(30, 1, null, "a tick before the rung's instant")]
    [InlineData(8, 0, 14, "between rungs the lowest reached counts")]
    [InlineData(7, 0, 7, "seven days")]
    [InlineData(0, 1, 1, "the last tick: rung 0 is the expiry itself")]
    public void Claim_BeforeTheExpiry_HasTheLowestRungReached(int days, long ticks, int? rung, string why)
    {
        var now = s_expiry - TimeSpan.FromDays(days) - TimeSpan.FromTicks(ticks);

        ExpiryLadder.Claim(Status(s_expiry), A.Key(), now)?.Rung.ShouldBe(rung, why);
        (ExpiryLadder.Claim(Status(s_expiry), A.Key(), now) is null).ShouldBe(rung is null, why);
    }

    [Theory]
    [InlineData(1, FindingReason.KeyExpiring)]
    [InlineData(0, FindingReason.KeyExpired)]
    [InlineData(-1, FindingReason.KeyExpired)]
    public void Claim_AtTheExpiry_TurnsToExpiredToTheTick(long ticksBefore, FindingReason expected) =>
        ExpiryLadder.Claim(Status(s_expiry), A.Key(), s_expiry - TimeSpan.FromTicks(ticksBefore))
            .ShouldNotBeNull().Key.Reason.ShouldBe(expected);

    [Theory]
    [InlineData(1, Severity.Warning)]
    [InlineData(0, Severity.Critical)]
    public void Claim_WithinSevenDays_IsCritical(long ticksBefore, Severity expected)
    {
        var now = s_expiry - TimeSpan.FromDays(7) - TimeSpan.FromTicks(ticksBefore);

        ExpiryLadder.Claim(Status(s_expiry), A.Key(), now).ShouldNotBeNull().Severity.ShouldBe(expected);
    }

    [Fact]
    public void Claim_UnknownExpiry_IsNone() => ExpiryLadder.Claim(Status(null), A.Key(), Seen.Start).ShouldBeNull();

    [Fact]
    public void Claim_WordsTheDayThatTheOperatorWrote() =>
        ExpiryLadder.Claim(Status(s_expiry), A.Key(), s_expiry.AddDays(-1)).ShouldNotBeNull().Message.ShouldContain("2027-01-31");

    private static KeyStatus Status(DateTimeOffset? expiresAt) =>
        new() { KeyId = A.Key().Id, Provider = "mistral", Version = 1, ExpiresAt = expiresAt, ExpirySource = ExpirySource.Declared };
}
