using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SettingsLocatorTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    [Fact]
    public void Find_Option_WinsOverEverything()
    {
        _folder.Write("keyrotator.yaml", "");

        Find("conf/a.yaml", "b.yaml").Path.ShouldBe(Path.Combine(_folder.Path, "conf/a.yaml"));
    }

    [Fact]
    public void Find_Variable_WinsOverUsualPlaces()
    {
        _folder.Write("keyrotator.yaml", "");

        Find(null, "b.yaml").Path.ShouldBe(Path.Combine(_folder.Path, "b.yaml"));
    }

    [Fact]
    public void Find_FileHere_WinsOverTheSystems()
    {
        _folder.Write("system.yaml", "");
        var here = _folder.Write("keyrotator.yaml", "");

        Find(null, "").Path.ShouldBe(here);
    }

    [Fact]
    public void Find_OnlyTheSystems_IsTaken()
    {
        var system = _folder.Write("system.yaml", "");

        Find(null, null).ShouldBe(new SettingsPlace(system, null));
    }

    [Fact]
    public void Find_Nothing_SaysWhereItLooked()
    {
        var place = Find(null, null);

        place.Path.ShouldBeNull();
        place.Fault.ShouldNotBeNull().ShouldContain("--config");
        place.Fault.ShouldContain(SettingsLocator.Variable);
        place.Fault.ShouldContain(Path.Combine(_folder.Path, "keyrotator.yaml"));
        place.Fault.ShouldContain(Path.Combine(_folder.Path, "system.yaml"));
    }

    public void Dispose() => _folder.Dispose();

    private SettingsPlace Find(string? option, string? variable) =>
        SettingsLocator.Find(
            option, name => name == SettingsLocator.Variable ? variable : null, _folder.Path, Path.Combine(_folder.Path, "system.yaml"));
}
