using System.Text;
using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class BadFileTests
{
    [Fact]
    public void Load_MissingFile_SaysSo()
    {
        using var folder = new SettingsFolder();

        First(folder.Load(Path.Combine(folder.Path, "none.yaml"))).Message.ShouldBe("this file does not exist");
    }

    [Fact]
    public void Load_LockedFile_SaysThatItCannotBeRead()
    {
        using var folder = new SettingsFolder();
        var path = folder.Write("k.yaml", Examples.Small);
        using var writer = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);

        First(folder.Load(path)).Message.ShouldContain("cannot be read");
    }

    [Fact]
    public void Load_FolderWithoutYaml_SaysSo()
    {
        using var folder = new SettingsFolder();
        folder.Write(".hidden.yaml", Examples.Small);
        folder.Write("notes.txt", "x");

        First(folder.Load(folder.Path)).Message.ShouldContain("no *.yaml or *.yml file");
    }

    [Fact]
    public void Load_HugeFile_IsRefusedUnread()
    {
        using var folder = new SettingsFolder();
        var path = folder.Write("k.yaml", "# ");
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(SettingsFile.MaxLength + 1L);
        }

        First(folder.Load(path)).Message.ShouldContain("is larger than 65,536 KiB");
    }

    [Theory]
    [InlineData("", 1, 1, "empty")] // nothing
    [InlineData("\n\n# only a comment\n", 1, 1, "empty")] // nothing but comments
    [InlineData("---\n", 1, 1, "empty")] // a document with nothing in it
    [InlineData("a: 1\nb\0: 2", 2, 2, "NUL byte")] // binary
    [InlineData("just text", 1, 1, "a map is expected")] // no members
    [InlineData("[a, b]", 1, 1, "a map is expected")] // a list
    [InlineData("database: sqlite:a\n---\nb: 2", 2, 1, "a second document")] // two documents
    [InlineData("a: &x [*x]", 1, 4, "anchors and aliases")] // recursive
    [InlineData("a: *hunter2", 1, 4, "anchors and aliases")] // alias without anchor
    [InlineData("a: !!int 5", 1, 4, "tags")] // tag
    [InlineData("stores: { local: { kind: file, path: p, passphrase: ${X} } }", 1, 54, "quote it")] // bare interpolation in a flow map
    [InlineData("a: \"unclosed", 1, 4, "not valid YAML")] // quote left open
    [InlineData("a: b: c", 1, 5, "not valid YAML")] // two colons
    [InlineData("stores:\n\tb: c", 1, 1, "not valid YAML")] // tab
    [InlineData("{{ .Values.x }}", 1, 2, "a member's name is expected")] // a template that was not rendered
    public void Load_BadDocument_IsOneFaultAtItsPlace(string yaml, int line, int column, string message)
    {
        var fault = First(SettingsFolder.LoadText(yaml));

        fault.Message.ShouldContain(message);
        (fault.Line, fault.Column).ShouldBe((line, column));
    }

    [Fact]
    public void Load_InvalidUtf8_SaysWhere()
    {
        using var folder = new SettingsFolder();

        var fault = First(folder.Load(folder.Write("k.yaml", [.. "a: 1\nb: "u8, 0xC3, 0x28])));

        fault.Message.ShouldBe("this file is not UTF-8 text");
        (fault.Line, fault.Column).ShouldBe((2, 4));
    }

    [Fact]
    public void Load_Utf16_IsRefused()
    {
        using var folder = new SettingsFolder();

        First(folder.Load(folder.Write("k.yaml", Encoding.Unicode.GetBytes(Examples.Small)))).Message.ShouldContain("NUL byte");
    }

    [Theory]
    [InlineData("[")] // flow lists
    [InlineData("{")] // flow maps
    [InlineData("[\n")] // over lines
    [InlineData("- ")] // block lists
    [InlineData("? ")] // complex keys
    [InlineData("{a: ")] // nested members
    public void Load_TwoHundredThousandLevels_IsOneFault(string opening)
    {
        var yaml = string.Concat(Enumerable.Repeat(opening, 200_000));

        SettingsFolder.LoadText(yaml).Faults[^1].Message.ShouldContain("nested deeper than 32 levels");
        SettingsFolder.LoadText("stores:\n  " + yaml).Faults[^1].Message.ShouldContain("nested deeper than 32 levels");
    }

    [Fact]
    public void Load_BillionLaughs_StopsAtTheFirstAnchor()
    {
        var levels = Enumerable.Range(1, 9)
            .Select(level => $"l{level}: &l{level} [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 9))}]");

        First(SettingsFolder.LoadText("l0: &l0 lol\n" + string.Join('\n', levels))).Message.ShouldContain("anchors and aliases");
    }

    [Theory]
    [InlineData(" :\ta")] // seen by chance
    [InlineData("stores:\n  a:\n   :\tb")] // deeper
    public void Load_MapThatTheParserNeverCloses_Ends(string yaml) => First(SettingsFolder.LoadText(yaml)).Line.ShouldBeGreaterThan(0);

    [Fact]
    public void Load_EndlessScalar_IsRefused() =>
        First(SettingsFolder.LoadText("database: " + new string('x', 100_000))).Message.ShouldContain("longer than 65,536 characters");

    [Fact]
    public void Load_StoreOfManyParts_IsRefused() =>
        First(SettingsFolder.LoadText($"stores: {{ a: {{ x: [{string.Join(',', Enumerable.Repeat("1", 5000))}] }} }}")).Message.ShouldContain("more than 2,000 parts");

    [Fact]
    public void Load_ManyFaults_KeepsAThousand()
    {
        var faults = SettingsFolder.LoadText(string.Concat(Enumerable.Range(0, 5000).Select(number => $"x{number}: 1\n"))).Faults;

        faults.Count.ShouldBe(1001);
        faults[^1].Message.ShouldBe("4000 more faults are not shown");
    }

    private static ConfigurationFault First(LoadResult result)
    {
        result.Settings.ShouldBeNull();
        return result.Faults[0];
    }
}
