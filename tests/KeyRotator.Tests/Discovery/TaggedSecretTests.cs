using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Discovery;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Discovery;

public sealed class TaggedSecretTests
{
    private static readonly string[] s_names = ["provider", "environment", "owner", "field", "expires"];

    private static readonly Arbitrary<(string Name, string[] Values)> s_hostile =
        (from name in Gen.OneOf(Hostile(), Gen.Constant("a"))
         from values in Gen.ArrayOf(Gen.OneOf(Hostile(), Gen.Elements("mistral", "2027-01-31", "prod", "")), 5)
         select (name, values)).ToArbitrary();

    [Fact]
    public void Read_AllTags_SaysWhatTheKeyIs()
    {
        var tags = Read("llm/a", ("provider", "Mistral"), ("environment", " prod "), ("owner", "team@acme.example"), ("field", "KEY"), ("expires", "2027-01-31"));

        tags.Faults.ShouldBeEmpty();
        tags.Location.ShouldBe(new SecretLocation { Store = "aws", Name = "llm/a", Field = "KEY" });
        (tags.Provider, tags.Environment, tags.Owner).ShouldBe(("mistral", "prod", "team@acme.example"));
        tags.Expires.ShouldBe(new ExpiryStatement(new DateOnly(2027, 1, 31), null));
    }

    [Theory]
    [InlineData("provider", "mistrl", "`mistrl` is no configured provider", true, "unknown")]
    [InlineData("provider", "openai", "`openai` is no configured provider", true, "two instances are spelled like it")]
    [InlineData("expires", "31.01.2027", "`31.01.2027` is no date", true, "no date")]
    [InlineData("expires", "2026-02-30", "is no date", true, "no such day")]
    [InlineData("environment", "a\u001b[31m", "k-environment is too long or has", true, "a control character")]
    [InlineData("owner", "a\u202eb", "k-owner is too long or has", true, "turns the direction around")]
    [InlineData("field", "a\nb", "k-field is too long or has", false, "which field is meant cannot be known")]
    public void Read_OneBadTag_IsNamedAndTheRestIsTaken(string tag, string value, string fault, bool isPlaced, string why)
    {
        var tags = Read("a", (tag, value));

        tags.Faults.ShouldHaveSingleItem().ShouldContain(fault, customMessage: why);
        (tags.Location is not null).ShouldBe(isPlaced, why);
    }

    [Fact]
    public void Read_NoProviderTag_IsMissingAndNoFaultOfTheTags()
    {
        var tags = TaggedSecret.Read("aws", new("k"), new("a", null), new Dictionary<string, ProviderInstance>());

        (tags.IsProviderMissing, tags.Provider, tags.Faults.Count).ShouldBe((true, null, 0));
    }

    [Fact]
    public void Read_AnythingAtAll_IsFitToBeKeptAndShown() =>
        Prop.ForAll(s_hostile, hostile =>
        {
            var tags = Read(hostile.Name, [.. s_names.Zip(hostile.Values)]);
            var faults = new TagFaults();
            faults.Add(tags.Name, tags.Faults);
            var texts = new[] { tags.Environment, tags.Owner, tags.Location?.Name, tags.Location?.Field }.OfType<string>();
            return texts.All(text => text.Length <= 1000 && !text.Any(char.IsControl) && !text.Any(char.IsSurrogate))
                && faults.Few.All(text => text.Length < 2000 && !text.Any(char.IsControl) && !text.Any(char.IsSurrogate))
                && (tags.Location is null || KeyId.TryParse(DiscoveredKeyId.Of(tags.Location).Value, out _));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Few_ManySecrets_AreTheFirstFiveByName()
    {
        var faults = new TagFaults();
        Enumerable.Range(10, 90).Reverse().ToList().ForEach(number => faults.Add($"s{number}", ["wrong"]));

        faults.Count.ShouldBe(90);
        faults.Few.ShouldBe(["s10 (wrong)", "s11 (wrong)", "s12 (wrong)", "s13 (wrong)", "s14 (wrong)"]);
    }

    private static Gen<string> Hostile() => Gen.OneOf(
        Gen.Elements("a\0b", "\ud800", "a\u2028b", new string('x', 5000), "\u202e", "a\r\nb", "\u001b]0;x\u0007", "$(reboot)", "'; DROP TABLE key_status"),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get));

    private static TaggedSecret Read(string name, params (string Name, string Value)[] tags)
    {
        var instances = new[] { A.Instance("mistral"), A.Instance("OpenAI"), A.Instance("OPENAI") }.ToDictionary(one => one.Name);
        var given = tags.ToDictionary(tag => $"k-{tag.Name}", tag => tag.Value);
        given.TryAdd("k-provider", "mistral");
        return TaggedSecret.Read("aws", new("k"), new(name, null) { Tags = given }, instances);
    }
}
