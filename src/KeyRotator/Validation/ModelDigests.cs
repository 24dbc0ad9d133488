using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>Names model lists by a digest, so that the many keys that see one list keep it once.</summary>
internal sealed class ModelDigests
{
    private const int Remembered = 64;
    private readonly ConcurrentDictionary<int, string> _known = new();
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _unsaved = new();

    /// <summary>SHA-256 of the sorted ids, hexadecimal; null for a list that was cut, which would name nothing.</summary>
    public string? Of(ModelList list)
    {
        if (!list.IsWhole)
        {
            return null;
        }

        var quick = default(HashCode);
        foreach (var model in list.Models)
        {
            quick.Add(model.Id, StringComparer.Ordinal);
        }

        var hash = quick.ToHashCode();
        return _known.TryGetValue(hash, out var digest) ? digest : Compute(list, hash);
    }

    /// <summary>Lists that no database has yet, by digest; each is handed out once.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> TakeUnsaved()
    {
        if (_unsaved.IsEmpty)
        {
            return _unsaved;
        }

        var taken = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var digest in _unsaved.Keys)
        {
            if (_unsaved.TryRemove(digest, out var ids))
            {
                taken[digest] = ids;
            }
        }

        return taken;
    }

    private string Compute(ModelList list, int quick)
    {
        string[] ids = [.. list.Models.Select(model => model.Id).Order(StringComparer.Ordinal)];
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ids))));
        if (_known.Count >= Remembered)
        {
            _known.Clear();
        }

        if (_known.TryAdd(quick, digest))
        {
            _unsaved[digest] = ids;
        }

        return digest;
    }
}
