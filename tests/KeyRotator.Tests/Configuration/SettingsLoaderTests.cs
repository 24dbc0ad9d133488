using KeyRotator.Findings;
using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SettingsLoaderTests
{
    [Fact]
    public void Load_FullExample_HasNeitherFaultsNorWarnings()
    {
        var result = SettingsFolder.LoadText(Examples.Full, Examples.Environment);

        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{ kind: webhook, url: \"https://ops.example\", allowAddresses: [10.0.0.0/8] }", "as a person writes it")]
    [InlineData("{ allowAddresses: [10.0.0.0/8], kind: webhook, url: \"https://ops.example\" }", "sorted, as Helm writes it: a list comes first")]
    public void Load_Kind_IsFoundWhereverItStands(string channel, string why) =>
        SettingsFolder.LoadText($"alerts: {{ channels: {{ ops: {channel} }} }}").Faults.ShouldBeEmpty(why);

    [Theory]
    [InlineData("x: { kind: file }", "a nested kind")]
    [InlineData("x: kind, y: file", "a member's value")]
    public void Load_KindElsewhere_IsNotTakenForIt(string members, string why) =>
        SettingsFolder.LoadText($"stores: {{ s: {{ {members} }} }}").Faults.ShouldHaveSingleItem().Message.ShouldContain(
            "needs a `kind`", Case.Sensitive, why);

    [Fact]
    public void Load_FullExample_BindsTheKey()
    {
        var key = SettingsFolder.Good(Examples.Full, Examples.Environment).Keys[0];

        key.Id.Value.ShouldBe("mistral-prod-backend");
        (key.Provider, key.Environment, key.Owner, key.Suspended).ShouldBe(("mistral", "prod", "team-search", false));
        key.Labels.ShouldBe(new Dictionary<string, string> { ["tier"] = "1", ["cost-center"] = "4711" });
        key.Expires.ShouldBe(new ExpiryStatement(new DateOnly(2027, 1, 31), null));
        key.Models.ShouldBe(["mistral-small-2603"]);
        key.Primary.ToString().ShouldBe("local:prod/llm#MISTRAL_API_KEY");
        key.Locations[1].Follows.ShouldBe(TimeSpan.FromMinutes(30));
        key.Holding.ShouldNotBeNull().Field.ShouldBe("NEXT");
        key.Previous.ShouldNotBeNull().Field.ShouldBeNull();
    }

    [Fact]
    public void Load_FullExample_LaysTheKeysPolicyOverTheDefaults()
    {
        var policy = SettingsFolder.Good(Examples.Full, Examples.Environment).Keys[0].Policy;

        policy.CheckEvery.ShouldBe(TimeSpan.FromMinutes(30));
        policy.WarnBefore.ShouldBe([TimeSpan.FromDays(10), TimeSpan.Zero]);
        policy.WatchForeign.ShouldBeFalse();
        policy.RotateEvery.ShouldBe(TimeSpan.FromDays(90));
        policy.SeverityOverrides[FindingReason.KeyRestricted].ShouldBe(Severity.Info);
    }

    [Fact]
    public void Load_FullExample_BindsInstances()
    {
        var settings = SettingsFolder.Good(Examples.Full, Examples.Environment);

        settings.Providers["azure-eu"].BaseUrl.ShouldBe(new Uri("https://acme-eu.openai.azure.com"));
        settings.Providers["us"].Region.ShouldBe("us-east-1");
        var gateway = settings.Providers["gateway"];
        (gateway.Project, gateway.Organization, gateway.Control, gateway.Probe).ShouldBe(("12345", "acme", false, false));
        gateway.Headers["X-Team"].ShouldBe("search");
        settings.Providers["openai"].Kind.ShouldBe("openai");
        settings.Providers.Keys.ShouldNotContain("bedrock");
    }

    [Fact]
    public void Load_FullExample_BindsAlerts()
    {
        var settings = SettingsFolder.Good(Examples.Full, Examples.Environment);

        settings.Channels["ops"].Url.Reveal().ShouldBe("https://chat.example/services/T0/B0?x=1");
        settings.Channels["audit"].Secret.ShouldNotBeNull();
        settings.Routes[2].Reasons.ShouldBe([FindingReason.KeyRejected]);
        settings.Routes[2].Severities.ShouldBe([Severity.Critical]);
        settings.Routes[^1].Channels.ShouldBe(["ops", "audit"]);
    }

    [Fact]
    public void Load_RelativePaths_StartAtTheFilesFolder()
    {
        using var folder = new SettingsFolder();
        folder.Environment["P"] = "secret";
        var file = folder.Write(
            "a.yaml", "database: sqlite:state/k.db\nstores: { local: { kind: file, path: ../s.enc, passphrase: \"${P}\" } }");

        var settings = folder.Load(file).Settings.ShouldNotBeNull();

        settings.Database.Path.ShouldBe(Path.Combine(folder.Path, "state/k.db"));
        settings.Stores["local"].Path.ShouldBe(Path.GetFullPath("../s.enc", folder.Path));
    }

    [Fact]
    public void Load_NoDatabase_IsBesideTheFile()
    {
        using var folder = new SettingsFolder();

        folder.Load(folder.Write("a.yaml", Examples.Small)).Settings.ShouldNotBeNull().Database.Path.ShouldBe(
            Path.Combine(folder.Path, "keyrotator.db"));
    }

    [Fact]
    public void Load_InMemoryDatabase_HasNoPath() => SettingsFolder.Good("database: \"sqlite::memory:\"").Database.Path.ShouldBeNull();

    [Fact]
    public void Load_ChannelsWithoutRoutes_AreToldEverything() =>
        SettingsFolder.Good(Examples.Small).Routes.ShouldHaveSingleItem().Channels.ShouldBe(["ops"]);

    [Fact]
    public void Load_ByteOrderMarkAndWindowsNewlines_AreTaken() =>
        SettingsFolder.Good("\uFEFF" + Examples.Small.ReplaceLineEndings("\r\n")).Keys.Count.ShouldBe(1);

    [Theory]
    [InlineData("environment: 5", "5")] // a number is taken as it is written
    [InlineData("environment: 1.50", "1.50")] // also its zeros
    [InlineData("environment: no", "no")] // a boolean of YAML 1.1
    [InlineData("environment: true", "true")] // a boolean
    [InlineData("environment: 2027-01-31", "2027-01-31")] // a date of YAML 1.1
    [InlineData("environment: \"~\"", "~")] // quoted, so not nothing
    [InlineData("environment: 'it''s'", "it's")] // single quotes
    [InlineData("environment: \"$${HOME}\"", "${HOME}")] // escaped
    [InlineData("environment: a$b", "a$b")] // a dollar of its own
    public void Load_Text_IsTakenAsWritten(string member, string expected) =>
        SettingsFolder.Good($"stores: {{ env: {{ kind: env }} }}\nkeys:\n  k:\n    provider: mistral\n    locations: [{{ store: env, name: K }}]\n    {member}")
            .Keys[0].Environment.ShouldBe(expected);

    [Theory]
    [InlineData("on", true)] // the word
    [InlineData("off", false)] // the word
    [InlineData("\"off\"", false)] // quoted
    [InlineData("false", false)] // what YAML 1.1 tools make of off
    [InlineData("true", true)] // and of on
    public void Load_Control_TakesWordsAndBooleans(string written, bool expected) =>
        SettingsFolder.Good($"providers: {{ mistral: {{ control: {written} }} }}").Providers["mistral"].Control.ShouldBe(expected);

    [Theory]
    [InlineData("600", 600)] // plain
    [InlineData("1e+06", 1_000_000)] // how Helm writes a million
    [InlineData("\"${N}\"", 42)] // interpolated, so quoted
    public void Load_Numbers_AreTaken(string written, int expected) =>
        SettingsFolder.Good($"providers: {{ mistral: {{ requestsPerMinute: {written} }} }}", ("N", "42")).Providers["mistral"].RequestsPerMinute.ShouldBe(expected);
}
