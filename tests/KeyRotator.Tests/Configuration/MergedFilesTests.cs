using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class MergedFilesTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    [Fact]
    public void Load_Folder_MergesInOrdinalOrder()
    {
        _folder.Write("20-keys.yml", "keys: { b: { provider: mistral, locations: [{ store: env, name: B }] } }");
        _folder.Write("10-base.yaml", "stores: { env: { kind: env } }\ndefaults: { grace: 1h }\nkeys: { a: { provider: mistral, locations: [{ store: env, name: A }] } }");
        _folder.Write("30-more.yaml", "defaults: { purge: true }\nalerts: { channels: { ops: { kind: webhook, url: \"https://h\" } } }");

        var settings = Load().Settings.ShouldNotBeNull();

        settings.Keys.Select(key => key.Id.Value).ShouldBe(["a", "b"]);
        (settings.Defaults.Grace, settings.Defaults.Purge).ShouldBe((TimeSpan.FromHours(1), true));
        settings.Keys[1].Policy.ShouldBeSameAs(settings.Keys[0].Policy);
    }

    [Theory]
    [InlineData("stores: { env: { kind: env } }", "stores.env", 1, 11)] // one store twice
    [InlineData("database: sqlite:x", "database", 1, 1)] // one setting twice
    [InlineData("defaults: { grace: 1h }", "defaults.grace", 1, 13)] // one default twice
    [InlineData("alerts: { routes: [] }", "alerts.routes", 1, 11)] // a list whose order would be a guess
    public void Load_SameNameInTwoFiles_NamesBothPlaces(string yaml, string path, int line, int column)
    {
        _folder.Write("a.yaml", yaml);
        _folder.Write("b.yaml", "\n" + yaml);

        var fault = Load().Faults.ShouldHaveSingleItem();

        (fault.File, fault.Path, fault.Line, fault.Column).ShouldBe((Path.Combine(_folder.Path, "b.yaml"), path, line + 1, column));
        fault.Message.ShouldEndWith($"a second time; the first is at {Path.Combine(_folder.Path, "a.yaml")}:{line}:{column}");
    }

    [Fact]
    public void Load_OneBadFileAmongGood_ReportsTheFaultsOfAll()
    {
        _folder.Write("a.yaml", "[");
        _folder.Write("b.yaml", "colour: red");
        _folder.Write("c.yaml", "");

        var faults = Load().Faults;

        faults.Select(fault => Path.GetFileName(fault.File)).Distinct().ShouldBe(["a.yaml", "b.yaml", "c.yaml"]);
    }

    [Fact]
    public void Load_SubfoldersAndHiddenFiles_AreLeftOut()
    {
        _folder.Write("a.yaml", Examples.Small);
        _folder.Write(".b.yaml", "colour: red");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "..data"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "c.yaml"));

        Load().Faults.ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();

    private LoadResult Load() => _folder.Load(_folder.Path);
}
