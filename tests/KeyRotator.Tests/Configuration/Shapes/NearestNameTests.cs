using KeyRotator.Configuration.Shapes;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration.Shapes;

public sealed class NearestNameTests
{
    private static readonly string[] s_known = ["mistral", "openai", "xai", "environment"];

    [Theory]
    [InlineData("mistrl", "mistral")] // one left out
    [InlineData("mistrall", "mistral")] // one too many
    [InlineData("mistarl", "mistral")] // two swapped
    [InlineData("OpenAI", "openai")] // case alone
    [InlineData("xia", "xai")] // short, swapped
    [InlineData("enviroment", "environment")] // the usual slip
    [InlineData("gemini", null)] // nothing near
    [InlineData("ab", null)] // too short to guess
    [InlineData("", null)] // nothing
    public void Find_Slip_GivesWhatWasMeant(string given, string? expected) => NearestName.Find(given, s_known).ShouldBe(expected);

    [Theory]
    [InlineData("", "abc", 3)] // all inserted
    [InlineData("abc", "", 3)] // all removed
    [InlineData("abc", "abc", 0)] // equal
    [InlineData("kitten", "sitting", 3)] // the textbook's
    [InlineData("ca", "ac", 1)] // swapped
    public void Distance_Words_CountsEdits(string left, string right, int distance)
    {
        NearestName.Distance(left, right).ShouldBe(distance);
        NearestName.Distance(right, left).ShouldBe(distance);
    }
}
