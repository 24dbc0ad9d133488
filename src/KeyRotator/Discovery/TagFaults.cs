namespace KeyRotator.Discovery;

/// <summary>Counts the secrets of one listing whose tags are not as they should be, and remembers a few.</summary>
internal sealed class TagFaults
{
    private const int Named = 5;
    private readonly SortedDictionary<string, string> _few = new(StringComparer.Ordinal);

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>The first few by name, each with what is wrong.</summary>
    public IEnumerable<string> Few => _few.Values;

    /// <summary>Takes note of a secret, where it has faults.</summary>
    public void Add(string name, IReadOnlyList<string> faults)
    {
        if (faults.Count == 0)
        {
            return;
        }

        Count++;
        _few[name] = $"{TagText.Show(name)} ({string.Join("; ", faults)})";
        if (_few.Count > Named)
        {
            _few.Remove(_few.Keys.Last());
        }
    }
}
