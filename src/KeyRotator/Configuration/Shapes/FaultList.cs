namespace KeyRotator.Configuration.Shapes;

/// <summary>Collects what is wrong, over all files.</summary>
internal sealed class FaultList(IReadOnlyList<SettingsFile> files)
{
    /// <summary>What is kept; a file with more is wrong in one way many times.</summary>
    public const int Most = 1000;

    private readonly List<Entry> _faults = [];
    private readonly List<Entry> _warnings = [];

    /// <summary>True once a file could not be read to its end: names that are missing may stand in the rest.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Faults, including those beyond <see cref="Most"/>.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<ConfigurationFault> Faults => InOrder(_faults, Count);

    public IReadOnlyList<ConfigurationFault> Warnings => InOrder(_warnings, _warnings.Count);

    public void Refuse(Position at, string path, string message)
    {
        Count++;
        if (_faults.Count < Most)
        {
            _faults.Add(new(at, path, message));
        }
    }

    /// <summary>Refuses a name that stands for nothing, with the nearest that does.</summary>
    public void RefuseUnknown(Located<string> name, string path, string what, IReadOnlyCollection<string> known)
    {
        var given = name.IsInterpolated ? "the value that `${…}` stands for (not shown)" : Quote.Text(name.Value);
        var hint = NearestName.Hint(name.IsInterpolated ? "" : name.Value, known);
        Refuse(name.At, path, $"{given} is not {what}{(hint.Length > 0 ? ": " : "")}{hint}");
    }

    /// <summary>Whether anything of what stands at a path was refused.</summary>
    public bool IsRefused(string path) => Count > Most || _faults.Any(fault => fault.Path.StartsWith(path, StringComparison.Ordinal));

    public void Warn(Position at, string path, string message) => _warnings.Add(new(at, path, message));

    /// <summary>Records why a file could not be read to its end.</summary>
    public void Cut(Position at, string message)
    {
        IsCut = true;
        Refuse(at, "", message);
    }

    /// <summary>A place in words, <c>file:line:column</c>.</summary>
    public string Name(Position at) => $"{files[at.File].Name}:{at.Line}:{at.Column}";

    private List<ConfigurationFault> InOrder(List<Entry> entries, int count)
    {
        var ordered = entries.OrderBy(entry => entry.At.File).ThenBy(entry => entry.At.Line).ThenBy(entry => entry.At.Column)
            .Select(entry => new ConfigurationFault(files[entry.At.File].Name, entry.At.Line, entry.At.Column, entry.Path, entry.Message))
            .ToList();
        if (count > ordered.Count)
        {
            ordered.Add(ordered[^1] with { Path = "", Message = $"{count - ordered.Count} more faults are not shown" });
        }

        return ordered;
    }

    private sealed record Entry(Position At, string Path, string Message);
}
