using KeyRotator.Http;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Http;

public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("30", 30.0)]
    [InlineData(" 30 ", 30.0)]
    [InlineData("1.5", 1.5)] // not by the standard, but seen
    [InlineData("0", 1.0)] // at once is never meant
    [InlineData("3600", 3600.0)]
    [InlineData("999999999", 3600.0)]
    [InlineData("99999999999999999999999999", 3600.0)]
    [InlineData("Sat, 21 Nov 2026 10:02:00 GMT", 120.0)]
    [InlineData("Saturday, 21-Nov-26 10:02:00 GMT", 120.0)] // the two older forms that a client must read
    [InlineData("Sat Nov 21 10:02:00 2026", 120.0)]
    [InlineData("Sat, 21 Nov 2026 09:00:00 GMT", 1.0)] // past
    [InlineData("Sat, 21 Nov 2037 10:00:00 GMT", 3600.0)]
    [InlineData("-1", null)]
    [InlineData("abc", null)]
    [InlineData("", null)]
    [InlineData("1e3", null)]
    [InlineData("NaN", null)] // these two pass for numbers in .NET
    [InlineData("Infinity", null)]
    [InlineData("30, 60", null)]
    public void Parse_Text_GivesAPauseBetweenASecondAndAnHour(string text, double? seconds) =>
        RetryAfter.Parse(text, s_now).ShouldBe(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value));

    [Theory]
    [InlineData(429, true)]
    [InlineData(503, true)]
    [InlineData(529, true)]
    [InlineData(200, false)] // vendors send it with good answers too
    [InlineData(401, false)]
    [InlineData(500, false)]
    public void Of_Status_DecidesWhetherTheHeaderCounts(int status, bool counts)
    {
        using var message = ScriptedHttp.Message(status, headers: ("Retry-After", "10"));

        RetryAfter.Of(message, s_now).ShouldBe(counts ? s_now.AddSeconds(10) : null);
    }

    [Fact]
    public void Of_DateFromAServerWhoseClockIsOff_CountsFromTheServersClock()
    {
        using var message = ScriptedHttp.Message(
            429, headers: [("Date", "Sat, 21 Nov 2026 11:00:00 GMT"), ("Retry-After", "Sat, 21 Nov 2026 11:00:30 GMT")]);

        RetryAfter.Of(message, s_now).ShouldBe(s_now.AddSeconds(30));
    }

    [Fact]
    public void Of_NoHeader_SaysNothing()
    {
        using var message = ScriptedHttp.Message(429);

        RetryAfter.Of(message, s_now).ShouldBeNull();
    }
}
