using System.Text;
using KeyRotator.Import;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Import;

public sealed class DotEnvFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("NAME=value", "value", "plain")]
    [InlineData("\uFEFFNAME=value", "value", "byte order mark")]
    [InlineData("NAME=value\r\n", "value", "CRLF")]
    [InlineData("export NAME=value", "value", "shell")]
    [InlineData("  export\tNAME = value  ", "value", "spaces")]
    [InlineData("NAME=value # comment", "value", "comment")]
    [InlineData("NAME=val#ue", "val#ue", "no space before it, so no comment")]
    [InlineData("NAME=# comment", "", "nothing but a comment")]
    [InlineData("NAME=", "", "empty")]
    [InlineData("NAME=a=b==", "a=b==", "only the first equals sign parts")]
    [InlineData("NAME='a # \\n \"b'", "a # \\n \"b", "single quotes are literal")]
    [InlineData("NAME=`a 'b' # \"c\"` # comment", "a 'b' # \"c\"", "backticks are literal")]
    [InlineData("NAME=\"a\\n\\\"b\\\" \\$c \\x\" # comment", "a\n\"b\" $c \\x", "double quotes escape")]
    [InlineData("NAME=\"one\r\ntwo\"", "one\ntwo", "more than one line")]
    [InlineData("NAME=${OTHER}", "${OTHER}", "nothing is expanded")]
    [InlineData("NAME=first\nNAME=last", "last", "the last counts")]
    [InlineData("# NAME=no\n\n \t\nNAME=value", "value", "comments and blank lines")]
    public void Parse_Assignment_GivesTheValue(string text, string expected, string reason)
    {
        var content = DotEnvFile.Parse(text);

        content.Faults.ShouldBeEmpty(reason);
        content.Variables.ShouldHaveSingleItem().Value.Reveal().ShouldBe(expected, reason);
    }

    [Theory]
    [InlineData("NAME", "no equals sign")]
    [InlineData("=value", "no name")]
    [InlineData("1NAME=value", "a name that cannot be")]
    [InlineData("NAME: value", "YAML")]
    [InlineData("NAME=\"value", "an open quote")]
    [InlineData("NAME='value\\'x", "text behind the quote")]
    [InlineData("export NAME", "nothing assigned")]
    public void Parse_FaultyLine_NamesItAndReadsTheRest(string line, string reason)
    {
        var content = DotEnvFile.Parse($"# head\n{line}\nGOOD=value\n");

        content.Faults.ShouldHaveSingleItem(reason).Line.ShouldBe(2, reason);
        content.Variables.Keys.ShouldBe(["GOOD"], reason);
    }

    [Fact]
    public void Parse_FaultyLines_NeverShowWhatIsOnThem()
    {
        var canary = new Canary();

        var content = DotEnvFile.Parse($"{canary.Text}\nNAME=\"{canary.Text}\nNAME='{canary.Text}' {canary.Text}\n{canary.Text} = `\n");

        content.Faults.Select(fault => fault.Line).ShouldBe([1, 2, 3, 4]);
        canary.ShouldBeAbsentFrom(string.Join('\n', content.Faults));
        canary.ShouldBeAbsentFrom(content.ToString());
    }

    [Fact]
    public void Parse_ManyOpenQuotes_Ends() =>
        DotEnvFile.Parse(string.Concat(Enumerable.Repeat("A=\"\\\n", 20_000))).Faults.ShouldNotBeEmpty();

    [Theory]
    [InlineData("absent", "not there")]
    [InlineData("folder", "cannot be read")]
    [InlineData("binary", "not UTF-8")]
    [InlineData("huge", "larger than")]
    public void Read_UnfitFile_IsAFaultOfTheWholeFile(string file, string message)
    {
        Directory.CreateDirectory(_folder["folder"]);
        File.WriteAllBytes(_folder["binary"], Encoding.Unicode.GetPreamble());
        File.WriteAllBytes(_folder["huge"], new byte[1024 * 1024 + 1]);

        var fault = DotEnvFile.Read(_folder[file]).Faults.ShouldHaveSingleItem();

        (fault.Line, fault.Message.Contains(message, StringComparison.Ordinal)).ShouldBe((0, true));
    }

    public void Dispose() => _folder.Dispose();
}
