using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class InterpolationTests
{
    [Theory]
    [InlineData("${A}", "one")] // whole
    [InlineData("x-${A}-${B}-y", "x-one-two-y")] // parts
    [InlineData("$${A}", "${A}")] // escaped
    [InlineData("$$${A}", "$${A}")] // a dollar before an escape
    [InlineData("$${${A}", "${one")] // behind an escape
    [InlineData("${NESTED}", "${A}")] // what is put in is not expanded again
    [InlineData("$A", "$A")] // no braces, no meaning
    [InlineData("100$", "100$")] // at the end
    public void Load_Text_IsExpanded(string written, string expected) =>
        Owner(written, ("A", "one"), ("B", "two"), ("NESTED", "${A}")).ShouldBe(expected);

    [Theory]
    [InlineData("${MISSING}", "the environment variable `MISSING` is not set")] // unset
    [InlineData("${A", "`${` starts")] // not closed
    [InlineData("${}", "`${` starts")] // no name
    [InlineData("${A B}", "`${` starts")] // no name of a variable
    [InlineData("${file:}", "`${` starts")] // no path
    [InlineData("${file:none.txt}", "the file `none.txt` of `${file:…}` does not exist")] // no file
    [InlineData("${file:.}", "the file `.` of `${file:…}` is a folder")] // no file either
    [InlineData("${EMPTY}", "the value that `${…}` stands for (not shown) is not text")] // set to nothing
    [InlineData("${LINES}", "the value that `${…}` stands for (not shown) is not text")] // more than a line
    public void Load_TextThatCannotBeExpanded_NamesWhatIsMissing(string written, string message)
    {
        var fault = SettingsFolder.LoadText(Document(written), ("A", "x"), ("EMPTY", ""), ("LINES", "x\ny")).Faults.ShouldHaveSingleItem();

        fault.Path.ShouldBe("keys.k.owner");
        fault.Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("value\n", "value")] // one newline goes
    [InlineData("value\r\n", "value")] // also this one
    [InlineData("value", "value")] // none there
    [InlineData("\uFEFFvalue", "value")] // nor a byte order mark
    public void Load_MountedFile_LosesOneNewline(string content, string expected)
    {
        using var folder = new SettingsFolder();
        folder.Write("mounted", content);
        var path = folder.Write("k.yaml", Document("${file:mounted}"));

        folder.Load(path).Settings.ShouldNotBeNull().Keys[0].Owner.ShouldBe(expected);
    }

    [Theory]
    [InlineData("value\n", "value")]
    [InlineData("value\r\n", "value")]
    [InlineData("value", "value")]
    public void Load_Variable_LosesOneNewline(string content, string expected) =>
        SettingsFolder.LoadText(Document("${A}"), ("A", content)).Settings.ShouldNotBeNull().Keys[0].Owner.ShouldBe(expected);

    [Fact]
    public void Load_MountedFiles_AreAmongTheInputs()
    {
        using var folder = new SettingsFolder();
        var path = folder.Write("k.yaml", Document("${file:/nowhere/at-all}"));

        folder.Load(path).Inputs.Select(input => input.Path).ShouldBe([path, "/nowhere/at-all"]);
    }

    [Fact]
    public void Load_HugeMountedFile_IsRefused()
    {
        using var folder = new SettingsFolder();
        folder.Write("mounted", new string('x', 100_000));

        folder.Load(folder.Write("k.yaml", Document("${file:mounted}"))).Faults[0].Message.ShouldContain("is larger than 64 KiB");
    }

    [Fact]
    public void Load_MemberNames_AreNotExpanded() =>
        SettingsFolder.LoadText("labels: { a: 1 }\n\"${A}\": 1", ("A", "database")).Faults.Count.ShouldBe(2);

    private static string? Owner(string written, params (string Name, string Value)[] environment) =>
        SettingsFolder.Good(Document(written), environment).Keys[0].Owner;

    private static string Document(string owner) =>
        $"stores: {{ env: {{ kind: env }} }}\nkeys: {{ k: {{ provider: mistral, owner: \"{owner}\", locations: [{{ store: env, name: K }}] }} }}";
}
