using KeyRotator.Secrets;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Secrets;

public sealed class SecretOnTheWireTests
{
    [Theory]
    [InlineData("sk-proj_AZ09.~!", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("ab\r\n", false)]
    [InlineData("ab\u007F", false)]
    [InlineData("abé", false)]
    public void FitsIntoHeader_Text_TellsWhetherItArrivesUnchanged(string text, bool fits) =>
        SecretInspection.FitsIntoHeader(new(text)).ShouldBe(fits);

    [Theory]
    [InlineData(SecretInspection.MaxLength, true)]
    [InlineData(SecretInspection.MaxLength + 1, false)]
    public void FitsIntoHeader_Length_IsBounded(int length, bool fits) =>
        SecretInspection.FitsIntoHeader(new(new string('a', length))).ShouldBe(fits);

    [Theory]
    [InlineData("abcdefgh", "key abcdefgh is bad", true)]
    [InlineData("abcdefgh", "key ABCDEFGH is bad", true)] // some servers change the case
    [InlineData("abcdefgh", "key abcdefg is bad", false)]
    [InlineData("abcdefg", "key abcdefg is bad", false)] // too short to tell from a word
    [InlineData("abcdefgh", null, false)]
    public void IsRepeatedIn_Text_FindsTheWholeValue(string value, string? text, bool repeated) =>
        SecretInspection.IsRepeatedIn(new(value), text).ShouldBe(repeated);
}
