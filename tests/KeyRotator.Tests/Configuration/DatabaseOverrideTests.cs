using KeyRotator.Configuration;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>A container is given its database as a secret, beside a file that holds none.</summary>
public sealed class DatabaseOverrideTests : IDisposable
{
    private const string Variable = "KEYROTATOR_DATABASE";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("database: sqlite:other.db\n", "")]
    [InlineData("", "\n")] // as a secret that was typed ends
    [InlineData("", "\r\n")]
    public void Load_VariableSet_Overrides(string file, string end)
    {
        var settings = Load(file, $"postgres://kr:canary@db/keys{end}").Settings.ShouldNotBeNull();

        settings.Database.Server.ShouldNotBeNull().Password.ShouldNotBeNull().Reveal().ShouldBe("canary");
        settings.Database.ToString().ShouldBe("postgres://kr@db:5432/keys");
        SettingsView.Write(settings).ShouldNotContain("canary");
    }

    [Fact]
    public void Load_VariableWithAFile_IsBesideTheConfiguration() => Load("", "sqlite:own.db").Settings.ShouldNotBeNull().Database.Path
        .ShouldBe(Path.Combine(_folder.Path, "own.db"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\n")]
    public void Load_VariableEmpty_LeavesTheFiles(string? value) => Load("database: sqlite:other.db\n", value).Settings.ShouldNotBeNull()
        .Database.Path.ShouldBe(Path.Combine(_folder.Path, "other.db"));

    [Theory]
    [InlineData("mysql://kr:canary@db/keys", "is not `sqlite:PATH`")]
    [InlineData("postgres://kr:canary@db", "it does not say database")]
    [InlineData("postgres://kr:canary@db/keys\n\n", "is not `sqlite:PATH`")]
    public void Load_VariableBad_NamesItAndNotItsValue(string value, string complaint)
    {
        var result = Load("database: sqlite:other.db\n", value);

        result.Settings.ShouldBeNull();
        var fault = result.Faults.ShouldHaveSingleItem();
        fault.Message.ShouldStartWith($"the environment variable {Variable} (not shown) ");
        fault.Message.ShouldContain(complaint);
        fault.ToString().ShouldNotContain("canary");
    }

    private LoadResult Load(string content, string? value)
    {
        var file = Path.Combine(_folder.Path, "keyrotator.yaml");
        File.WriteAllText(file, content + "keys: {}\n");
        return SettingsLoader.Load(file, name => name == Variable ? value : null);
    }
}
