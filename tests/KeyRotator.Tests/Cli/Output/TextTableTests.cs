using KeyRotator.Cli.Output;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class TextTableTests : IDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Write_NoWidth_AlignsWithoutTabsOrTrailingSpace()
    {
        var table = new TextTable(new("NAME"), new("KIND"));
        table.Add("one", "env");
        table.Add("number-two", null);

        table.Write(_output, null, default);

        _output.ToString().ShouldBe("NAME        KIND\none         env\nnumber-two  -\n");
    }

    [Fact]
    public void Write_TooNarrow_ShrinksTheWidestFirst()
    {
        var table = new TextTable(new("NAME", Cut.Middle, 8), new("VERDICT", Cut.End, 8));
        table.Add("mistral-prod-backend", "Accepted");

        table.Write(_output, 22, default);

        _output.ToString().ShouldBe("NAME          VERDICT\nmistra…ckend  Accepted\n");
    }

    [Fact]
    public void Write_FarTooNarrow_StopsAtTheLeastWidths()
    {
        var table = new TextTable(new("NAME", Cut.Middle, 8), new("AT"));
        table.Add("mistral-prod-backend", "2026-11-21");

        table.Write(_output, 5, default);

        _output.ToString().ShouldBe("NAME      AT\nmist…end  2026-11-21\n");
    }

    [Fact]
    public void Write_Colour_DoesNotCountAsWidth()
    {
        var table = new TextTable(new("A"), new("B"));
        table.Add(new TextCell("bad", Colour.Red), "x");

        table.Write(_output, null, new Paint(true));

        _output.ToString().ShouldBe("A    B\n\u001b[31mbad\u001b[0m  x\n");
    }
}
