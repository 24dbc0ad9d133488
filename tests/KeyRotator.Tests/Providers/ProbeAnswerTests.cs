using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Providers;

public sealed class ProbeAnswerTests
{
    [Theory]
    [InlineData("""{"a":"\ud800"}""", "a lone half in a value")]
    [InlineData("""{"\uD800":"a"}""", "a lone half in a name")]
    [InlineData("""{"a":"b""", "cut")]
    [InlineData("", "empty")]
    public void Json_TextThatIsNotUnicodeOrNotWhole_IsNone(string body, string because)
    {
        using var answer = Answer.Of(200, body, A.Instance("openai"));

        answer.Json.ShouldBeNull(because);
        answer.Text("a").ShouldBeNull(because);
    }

    [Fact]
    public void Text_PairOfSurrogates_IsRead()
    {
        using var answer = Answer.Of(200, """{"a":{"b":"\ud83d\ude00"}}""", A.Instance("openai"));

        answer.Text("a", "b").ShouldBe("😀");
    }

    [Theory]
    [InlineData("a", "x")]
    [InlineData("b", null)]
    [InlineData("c", null)]
    public void Text_Path_EndsInAString(string member, string? value)
    {
        using var answer = Answer.Of(200, """{"a":"x","b":1}""", A.Instance("openai"));

        answer.Text(member).ShouldBe(value);
        answer.Text(member, "deeper").ShouldBeNull();
    }

    [Fact]
    public void Json_TruncatedBody_IsNone()
    {
        using var answer = Answer.Of(200, "{}", A.Instance("openai"), isTruncated: true);

        answer.Json.ShouldBeNull();
    }
}
