using KeyRotator.Cli.Output;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class TimeTextTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59, "59s")]
    [InlineData(60, "1m")]
    [InlineData(3599, "59m")]
    [InlineData(3600, "1h")]
    [InlineData(86399, "23h")]
    [InlineData(86400, "1d")]
    [InlineData(-90000, "-1d")]
    public void Span_Seconds_UsesTheGreatestWholeUnit(int seconds, string expected) =>
        TimeText.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(expected);

    [Fact]
    public void Ago_PastFutureUnknown_ReadsAsSpoken()
    {
        TimeText.Ago(s_now.AddMinutes(-14), s_now).ShouldBe("14m ago");
        TimeText.Ago(s_now.AddHours(2), s_now).ShouldBe("in 2h");
        TimeText.Ago(null, s_now).ShouldBe("-");
    }

    [Fact]
    public void Expiry_EndOfADay_NamesThatDay() =>
        TimeText.Expiry(new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero), s_now).ShouldBe(" 71d 2027-01-31");

    [Fact]
    public void Instant_OtherZone_IsWrittenInUtc() =>
        TimeText.Instant(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(2))).ShouldBe("2026-11-21 10:00:00Z");
}
