using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class DiscoverTests
{
    /// <summary>A store's members, the fault's path below the store, and what its message must hold.</summary>
    public static TheoryData<string, string, string> Faults { get; } = new()
    {
        { "kind: aws, discover: {}", "discover", "`tag` is missing" },
        { "kind: aws, discover: { tag: keyrotator, evry: 5m }", "discover", "did you mean `every`?" },
        { "kind: aws, discover: { tag: keyrotator, every: 30s }", "discover.every", "from 1m to 3650d is allowed here" },
        { "kind: aws, discover: { tag: \"aws:owned\" }", "discover.tag", "does not start with `aws:`" },
        { "kind: aws, discover: { tag: \"a|b\" }", "discover.tag", "`a|b` is not a tag's name" },
        { "kind: gcp, project: p, discover: { tag: KeyRotator }", "discover.tag", "`KeyRotator` is not a label's name of up to 51 lower-case" },
        { "kind: gcp, project: p, discover: { tag: keyrotator, value: \"a.b\" }", "discover.value", "is not a label's value" },
        { "kind: kubernetes, discover: { tag: \"a/b/c\" }", "discover.tag", "is not a label's name" },
        { "kind: kubernetes, discover: { tag: keyrotator, value: \"a b\" }", "discover.value", "is not a label's value" },
        { "kind: vault, engineVersion: 1, mount: s, discover: { tag: keyrotator }", "discover", "an engine of version 1 keeps no tags" },
        { "kind: file, path: x, passphrase: p, discover: { tag: keyrotator }", "", "`discover` is not a member here" },
        { "kind: env, discover: { tag: keyrotator }", "", "`discover` is not a member here" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Load_BadDiscover_NamesItAndWhatWouldBeRight(string members, string path, string message)
    {
        var fault = Load($"stores: {{ s: {{ {members} }} }}").Faults.ShouldHaveSingleItem();

        fault.Path.ShouldBe(path.Length == 0 ? "stores.s" : $"stores.s.{path}");
        fault.Message.ShouldContain(message);
    }

    [Fact]
    public void Load_SeveralFaults_ReportsAll() =>
        Load("stores: { a: { kind: gcp, project: p, discover: { tag: A, value: \"b c\" } }, b: { kind: kubernetes, discover: { tag: \"-\" } } }")
            .Faults.Select(fault => fault.Path).ShouldBe(["stores.a.discover.tag", "stores.a.discover.value", "stores.b.discover.tag"]);

    [Theory]
    [InlineData("kind: aws, discover: { tag: \"team:key rotator\", value: \"yes please\", prefix: prod/ }")]
    [InlineData("kind: gcp, project: p, discover: { tag: keyrotator, value: \"1\" }")]
    [InlineData("kind: kubernetes, discover: { tag: acme.example/keyrotator }")]
    [InlineData("kind: vault, mount: secret, discover: { tag: keyrotator, prefix: llm/, every: 1h }")]
    public void Load_Discover_IsTakenAndShownAsItWasGiven(string members)
    {
        var result = Load($"stores: {{ s: {{ {members} }} }}\nalerts: {{ channels: {{ a: {{ kind: webhook, url: \"https://h\" }}, b: {{ kind: webhook, url: \"https://h\" }} }} }}");

        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty("a store that is looked through is used");
        var view = SettingsView.Write(result.Settings!);
        var again = Load(view.Replace("'[redacted]'", "https://h", StringComparison.Ordinal));
        again.Settings!.Stores["s"].Discover.ShouldBe(result.Settings!.Stores["s"].Discover);
    }

    [Fact]
    public void Load_TagAlone_HasTheDefaults() =>
        Load("stores: { s: { kind: aws, discover: { tag: keyrotator } } }").Settings!.Stores["s"].Discover
            .ShouldBe(new DiscoverSettings { Tag = "keyrotator", Every = TimeSpan.FromMinutes(15) });

    private static LoadResult Load(string yaml)
    {
        using var folder = new SettingsFolder();
        return SettingsLoader.Load(folder.Write("keyrotator.yaml", yaml), _ => null);
    }
}
