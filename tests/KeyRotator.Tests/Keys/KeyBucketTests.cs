using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Keys;

public sealed class KeyBucketTests
{
    [Theory]
    [InlineData("mistral-prod-backend", 118)]
    [InlineData("a", 205)]
    [InlineData("prod-aws/llm/openai", 114)]
    public void Of_AKey_IsWhatStandsInDatabases(string key, int bucket) => KeyBucket.Of(KeyId.Parse(key)).ShouldBe(bucket);

    [Theory]
    [InlineData("key-{0}")]
    [InlineData("prod/team-{0}/openai")]
    [InlineData("{0}")]
    public void Of_ManyAlike_AreSpreadEvenly(string form)
    {
        var parts = Enumerable.Range(0, 16_000)
            .GroupBy(index => KeyBucket.Of(KeyId.Parse(string.Format(null, form, index))) / 16)
            .ToDictionary(part => part.Key, part => part.Count());

        parts.Count.ShouldBe(16);
        parts.Values.ShouldAllBe(count => count > 800 && count < 1200);
    }
}
