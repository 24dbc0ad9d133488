using KeyRotator.Secrets;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Secrets;

public sealed class SecretInspectionTests
{
    [Theory]
    [InlineData("sk-proj-0123456789_-", SecretDefect.None)]
    [InlineData("{", SecretDefect.None)]
    [InlineData("", SecretDefect.Empty)]
    [InlineData("{}", SecretDefect.JsonObject)]
    [InlineData("""{"OPENAI_API_KEY":"sk-1","other":"x"}""", SecretDefect.JsonObject)]
    [InlineData("{\n  \"field\": \"sk-1\"\n}\r\n", SecretDefect.JsonObject)]
    [InlineData("sk-1\n", SecretDefect.Newline)]
    [InlineData("\uFEFFsk-1", SecretDefect.ByteOrderMark)]
    [InlineData(" sk-1", SecretDefect.Whitespace)]
    [InlineData("'sk-1'", SecretDefect.Quoted)]
    [InlineData("sk-***ab", SecretDefect.Masked)]
    [InlineData("xxxx", SecretDefect.Masked)]
    [InlineData("sk\u0001", SecretDefect.ControlCharacter)]
    [InlineData("sk-ü", SecretDefect.NotAscii)]
    public void Inspect_Text_FindsItsFirstDefect(string text, SecretDefect defect) =>
        SecretInspection.Inspect(new(text)).ShouldBe(defect);

    [Theory]
    [InlineData(SecretInspection.MaxLength, SecretDefect.None)]
    [InlineData(SecretInspection.MaxLength + 1, SecretDefect.TooLong)]
    public void Inspect_Length_HasALimit(int length, SecretDefect defect) =>
        SecretInspection.Inspect(new(new string('k', length))).ShouldBe(defect);
}
