using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class VersionDigestTests
{
    [Theory]
    [InlineData("llm/a", "v1", true)]
    [InlineData("llm/a", "v2", false)]
    [InlineData("llm/b", "v1", false)]
    [InlineData("llm/", "av1", false)]
    [InlineData("llm/av", "1", false)]
    public void Shows_NameAndVersion_BothCount(string name, string version, bool isShown)
    {
        var digest = new VersionDigest();
        digest.Add("llm/a", "v1");
        digest.Add("llm/b", "v2");

        digest.Seal().Shows(name, version).ShouldBe(isShown);
    }

    [Fact]
    public void Shows_LongNames_AreTakenWhole()
    {
        var (name, other) = (new string('n', 2_000) + "1", new string('n', 2_000) + "2");
        var digest = new VersionDigest();
        digest.Add(name, "v");

        digest.Seal();

        (digest.Shows(name, "v"), digest.Shows(other, "v")).ShouldBe((true, false));
    }

    [Fact]
    public void Shows_NotSealed_IsRefused() => Should.Throw<InvalidOperationException>(() => new VersionDigest().Shows("a", "v"));
}
