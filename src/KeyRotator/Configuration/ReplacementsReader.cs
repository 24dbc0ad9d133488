using System.Text;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration;

/// <summary>Reads a file of replacements: a map from key ids to new values, or to <c>{ value, expires }</c>. Interpolated as the
/// configuration is.</summary>
/// <remarks>Whatever stands in it may be a value at the wrong place: no fault quotes it.</remarks>
internal sealed class ReplacementsReader
{
    private const int MostBytes = 4 * 1024 * 1024;

    private static readonly ScalarShape<ExpiryStatement> s_expires = new(
        "a day such as `2027-01-31`",
        ScalarForm.Text(ExpiryStatements.Pattern),
        static scalar => ExpiryStatements.TryParse(scalar.Text, out var statement) && statement.FingerprintPrefix is null
            ? statement
            : new Complaint("that day does not exist"))
    {
        IsShown = static _ => false,
    };

    private readonly SettingsFile _file;
    private readonly FaultList _faults;
    private readonly Interpolation _interpolation;
    private readonly OrderedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    private ReplacementsReader(SettingsFile file, Func<string, string?> environment)
    {
        _file = file;
        _faults = new FaultList([file]);
        _interpolation = new Interpolation(environment);
    }

    /// <summary>Reads it to its end, or to what makes the rest unreadable.</summary>
    /// <param name="name">As the user named it.</param>
    /// <param name="path">Absolute.</param>
    /// <param name="environment">Looks an environment variable up; null where it is not set.</param>
    public static Replacements Read(string name, string path, Func<string, string?> environment)
    {
        var reader = new ReplacementsReader(new SettingsFile(name, path), environment);
        reader.Read();
        return new(
            [.. reader._entries.Where(entry => entry.Value.Value is not null).Select(entry => reader.Of(entry.Key, entry.Value))],
            [.. reader._faults.Faults.Select(fault => fault.ToString())]);
    }

    private Replacement Of(string key, Entry entry) => new(key, entry.Value!, entry.Expires, _faults.Name(entry.At));

    private void Read()
    {
        var content = FileContent.Read(_file.FullPath, MostBytes);
        if (content.Complaint is { } complaint)
        {
            _faults.Cut(new(0, 1, 1), $"this file {complaint}");
            return;
        }

        try
        {
            using var text = new StreamReader(
                new MemoryStream(content.Bytes.Array ?? [], content.Bytes.Offset, content.Bytes.Count), Encoding.UTF8);
            Bind(new YamlEvents(text));
        }
        catch (YamlFaultException fault)
        {
            var at = new Position(0, Math.Max(1, (int)fault.At.Line), Math.Max(1, (int)fault.At.Column));
            var isBare = SettingsFileReader.HasBareInterpolation(content, fault.At.Line);
            _faults.Cut(at, isBare ? SettingsFileReader.QuoteIt : "this is not YAML of the kind that is taken, from here on: quote values");
        }
    }

    private void Bind(YamlEvents events)
    {
        if (events.IsEmpty)
        {
            _faults.Cut(new(0, 1, 1), "this file is empty: write `key-id: value`, one key a line");
            return;
        }

        var reader = new NodeReader(events, 0, _file.Folder, _interpolation, _faults);
        if (reader.TryOpen<MappingStart>("a map from key ids to new values"))
        {
            while (!reader.TryClose())
            {
                BindEntry(reader);
            }
        }

        events.Finish();
        if (_entries.Count == 0 && _faults.Count == 0)
        {
            _faults.Cut(new(0, 1, 1), "this file names no key: write `key-id: value`, one key a line");
        }
    }

    private void BindEntry(NodeReader reader)
    {
        var at = reader.At;
        if (reader.TakeName() is not { } key)
        {
            return;
        }

        var entry = new Entry(at);
        if (!_entries.TryAdd(key, entry, out var index))
        {
            reader.Refuse(at, $"this key stands here a second time; the first is at {reader.Name(_entries.GetAt(index).Value.At)}");
        }

        if (reader.IsAtMap)
        {
            BindMembers(reader, at, entry);
        }
        else if (Values.Secret.TryRead(reader, out var value))
        {
            entry.Value = value;
        }
    }

    private static void BindMembers(NodeReader reader, Position at, Entry entry)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        reader.TryOpen<MappingStart>("a map");
        while (!reader.TryClose())
        {
            var memberAt = reader.At;
            var member = reader.TakeName();
            if (member is not null && !seen.Add(member))
            {
                reader.Refuse(memberAt, "a member stands here a second time");
            }

            BindMember(reader, memberAt, member, entry);
        }

        if (!seen.Contains("value"))
        {
            reader.Refuse(at, "`value` is missing");
        }
    }

    private static void BindMember(NodeReader reader, Position at, string? member, Entry entry)
    {
        switch (member)
        {
            case null:
                break;
            case "value":
                entry.Value = Values.Secret.TryRead(reader, out var value) ? value : null;
                break;
            case "expires":
                entry.Expires = s_expires.TryRead(reader, out var expires) ? expires : null;
                break;
            default:
                reader.Refuse(at, "only `value` and `expires` stand here (what stands there is not shown)");
                reader.SkipNode();
                break;
        }
    }

    private sealed class Entry(Position at)
    {
        public Position At => at;

        public SecretValue? Value { get; set; }

        public ExpiryStatement? Expires { get; set; }
    }
}
