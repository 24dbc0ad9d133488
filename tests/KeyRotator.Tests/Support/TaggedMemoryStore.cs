using System.Runtime.CompilerServices;
using KeyRotator.Keys;
using KeyRotator.Stores;

namespace KeyRotator.Tests.Support;

/// <summary>A store in memory whose secrets have tags.</summary>
internal sealed class TaggedMemoryStore(string name) : MemoryStore(name), ITaggedListing, ISecretDescriber
{
    private readonly SortedDictionary<string, Dictionary<string, string>> _tags = new(StringComparer.Ordinal);

    /// <summary>After so many secrets the listing breaks off; null for never.</summary>
    public int? BreaksAfter { get; set; }

    /// <summary>Secrets that a listing leaves out although they are there.</summary>
    public HashSet<string> Lagging { get; } = [];

    /// <summary>Whether no secret may be described.</summary>
    public bool IsMute { get; set; }

    /// <summary>Listings so far.</summary>
    public int Listings { get; private set; }

    /// <summary>Called before each secret of a listing.</summary>
    public Func<string, Task>? Listed { get; set; }

    /// <summary>The tags of a secret.</summary>
    public Dictionary<string, string> this[string secret] =>
        _tags.TryGetValue(secret, out var tags) ? tags : _tags[secret] = new(StringComparer.Ordinal);

    /// <summary>Takes a secret away with its tags.</summary>
    public void Drop(string secret)
    {
        Remove(secret);
        _tags.Remove(secret);
    }

    public async IAsyncEnumerable<ListedSecret> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Listings++;
        var count = 0;
        foreach (var (secret, tags) in _tags.ToList())
        {
            if (count++ >= BreaksAfter)
            {
                throw new SecretStoreException(Name, "list", null, isTransient: true, "the list broke off.");
            }

            await (Listed?.Invoke(secret) ?? Task.CompletedTask);
            if (!Lagging.Contains(secret) && secret.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return new ListedSecret(secret, null) { Tags = new Dictionary<string, string>(tags) };
            }
        }
    }

    public IAsyncEnumerable<ListedSecret> ListTaggedAsync(TagQuery query, CancellationToken cancellationToken) =>
        ListAsync(query.Prefix, cancellationToken).Where(query.IsMet);

    public Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        if (IsMute)
        {
            throw new SecretStoreException(Name, "describe", location, isTransient: false, "it may not be described.");
        }

        var found = _tags.TryGetValue(location.Name, out var tags) ? new SecretDescription { Tags = tags } : null;
        return Task.FromResult(found);
    }
}
