using System.Text;
using System.Text.RegularExpressions;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>Reads one file into the draft, up to its end or to what makes the rest unreadable.</summary>
internal sealed partial class SettingsFileReader(SettingsFile file, int index, Interpolation interpolation, FaultList faults)
{
    /// <summary>What to do about an interpolation without quotes.</summary>
    public const string QuoteIt = "an unquoted `${` inside `{…}` or `[…]` ends the value there: quote it, `\"${NAME}\"`";

    /// <summary>Adds what the file says.</summary>
    public void Bind(FileContent content, IMergeShape<SettingsDraft> shape, SettingsDraft draft)
    {
        if (content.Complaint is { } complaint)
        {
            faults.Cut(At(content), $"this file {complaint}");
            return;
        }

        try
        {
            BindEvents(content, shape, draft);
        }
        catch (YamlFaultException fault)
        {
            var at = new Position(index, Math.Max(1, (int)fault.At.Line), Math.Max(1, (int)fault.At.Column));
            faults.Cut(at, HasBareInterpolation(content, at.Line) ? QuoteIt : fault.Message);
        }
    }

    private void BindEvents(FileContent content, IMergeShape<SettingsDraft> shape, SettingsDraft draft)
    {
        using var text = Open(content);
        var events = new YamlEvents(text);
        if (events.IsEmpty)
        {
            faults.Cut(new(index, 1, 1), "this file is empty");
            return;
        }

        shape.Bind(new(events, index, file.Folder, interpolation, faults), draft);
        events.Finish();
    }

    private static StreamReader Open(FileContent content) =>
        new(new MemoryStream(content.Bytes.Array ?? [], content.Bytes.Offset, content.Bytes.Count), Encoding.UTF8);

    private Position At(FileContent content)
    {
        var before = content.Bytes.AsSpan(0, content.Offset);
        return new(index, before.Count((byte)'\n') + 1, content.Offset - before.LastIndexOf((byte)'\n'));
    }

    /// <summary>Whether a line holds an interpolation without quotes, at a place where it needs them.</summary>
    public static bool HasBareInterpolation(FileContent content, long line)
    {
        using var text = Open(content);
        for (; line > 1; line--)
        {
            text.ReadLine();
        }

        return BareInterpolation().IsMatch(text.ReadLine() ?? "");
    }

    [GeneratedRegex(@"[\[{,:]\s*\$\{", RegexOptions.CultureInvariant)]
    private static partial Regex BareInterpolation();
}
