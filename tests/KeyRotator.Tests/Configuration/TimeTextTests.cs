using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("30s", 30)] // seconds
    [InlineData("15m", 900)] // minutes
    [InlineData("24h", 86_400)] // hours
    [InlineData("90d", 7_776_000)] // days
    [InlineData("0d", 0)] // nothing
    [InlineData("3650d", 315_360_000)] // the longest
    public void TryParse_Duration_GivesTheSpan(string text, int seconds)
    {
        Durations.TryParse(text, out var span).ShouldBeTrue();
        span.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Theory]
    [InlineData(null)] // nothing
    [InlineData("")] // nothing
    [InlineData("d")] // no number
    [InlineData("15")] // no unit
    [InlineData("-1d")] // negative
    [InlineData("+1d")] // signed
    [InlineData("1.5h")] // not whole
    [InlineData("1 d")] // a space
    [InlineData("1D")] // another unit
    [InlineData("2w")] // weeks are not known
    [InlineData("3651d")] // a day too long
    [InlineData("99999999d")] // more than fits
    [InlineData("٣d")] // digits of another script
    public void TryParse_NoDuration_IsFalse(string? text) => Durations.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Format_AnyWholeSeconds_ReadsBack() =>
        Prop.ForAll(Gen.Choose(0, 315_360_000).ToArbitrary(), seconds =>
            Durations.TryParse(Durations.Format(TimeSpan.FromSeconds(seconds)), out var span)
                && span.TotalSeconds == seconds).QuickCheckThrowOnFailure();

    [Fact]
    public void Format_AnyStatement_ReadsBack() =>
        Prop.ForAll(Gen.Choose(0, 73_000).ToArbitrary(), day => IsSame(new(new DateOnly(2000, 1, 1).AddDays(day), null)) && IsSame(new(new DateOnly(2199, 12, 31).AddDays(-day), "3f2a9c01b7de")))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)] // nothing
    [InlineData("2026-02-30")] // no such day
    [InlineData("2027-02-29")] // no leap year
    [InlineData("2027-1-31")] // a digit short
    [InlineData("2027-01-31\n")] // a newline
    [InlineData("2027-01-31T00:00:00Z")] // a time
    [InlineData("1999-12-31")] // the past century
    [InlineData("2200-01-01")] // a slip
    [InlineData("2027-01-31@")] // no fingerprint
    [InlineData("2027-01-31@3f2a9c01b7d")] // a digit short
    [InlineData("2027-01-31@3F2A9C01B7DE")] // capitals
    public void TryParse_NoStatement_IsFalse(string? text) => ExpiryStatements.TryParse(text, out _).ShouldBeFalse();

    private static bool IsSame(ExpiryStatement statement) =>
        ExpiryStatements.TryParse(ExpiryStatements.Format(statement), out var read) && read == statement;
}
