using System.Collections.ObjectModel;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>A store's id of one written version. Opaque; compared ordinally.</summary>
public readonly record struct SecretVersion(string Id)
{
    /// <inheritdoc />
    public override string ToString() => Id;
}

/// <summary>A value as a store holds it.</summary>
/// <param name="Value">The field's text, or the whole secret's.</param>
/// <param name="Version">The version it was read from, or null where the store has none.</param>
public sealed record StoredSecret(SecretValue Value, SecretVersion? Version)
{
    /// <summary>When that version was written (UTC), or null where the store does not tell.</summary>
    public DateTimeOffset? WrittenAt { get; init; }
}

/// <summary>One location's part of a batch: a secret, absence, or a failure of that location alone.</summary>
/// <param name="Location">What was asked for.</param>
/// <param name="Secret">What is there, or null where it is absent or could not be read.</param>
/// <param name="Failure">Why it could not be read, or null.</param>
public sealed record StoreReading(SecretLocation Location, StoredSecret? Secret, SecretStoreException? Failure)
{
    /// <summary>What reading gives, a failure of the store included.</summary>
    /// <param name="location">What is asked for.</param>
    /// <param name="read">Reads it; null where it is absent.</param>
    public static StoreReading Of(SecretLocation location, Func<StoredSecret?> read)
    {
        try
        {
            return new(location, read(), null);
        }
        catch (SecretStoreException failure)
        {
            return new(location, null, failure);
        }
    }
}

/// <summary>A secret as a listing shows it.</summary>
/// <param name="Name">As locations name it.</param>
/// <param name="Version">The current version, or null where the store has none or its listing does not tell.</param>
public sealed record ListedSecret(string Name, SecretVersion? Version)
{
    /// <summary>Another name by which locations may mean it, or null.</summary>
    public string? Alias { get; init; }

    /// <summary>Its tags (labels, annotations, custom metadata); empty where the listing does not tell.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>A secret without its value.</summary>
public sealed record SecretDescription
{
    /// <summary>The current version, or null where the store has none.</summary>
    public SecretVersion? Current { get; init; }

    /// <summary>The staged version that is not current yet, or null.</summary>
    public SecretVersion? Staged { get; init; }

    /// <summary>When the current version was written (UTC), or null where the store does not tell.</summary>
    public DateTimeOffset? WrittenAt { get; init; }

    /// <summary>Who wrote it, or null where the store does not tell.</summary>
    public string? WrittenBy { get; init; }

    /// <summary>When anybody last read it (UTC, by day), our own reads included; null where the store does not tell.</summary>
    public DateTimeOffset? LastReadAt { get; init; }

    /// <summary>Its tags (labels, annotations, custom metadata).</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The pinned versions by the names of their pins.</summary>
    public IReadOnlyDictionary<string, SecretVersion> Pins { get; init; } = ReadOnlyDictionary<string, SecretVersion>.Empty;

    /// <summary>Whether it is to be deleted, and readers get it no more.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Why it must not be written (managed, a replica, to be deleted), one sentence; null where it may be.</summary>
    public string? WriteRefusal { get; init; }
}

/// <summary>One value to write, to one field of a secret, to several at once, or as the whole secret.</summary>
/// <param name="Location">Where.</param>
/// <param name="Value">What.</param>
/// <param name="ExpectedVersion">The version that must be current; null: the secret must be absent, or, in a store that has no versions,
/// may be anything.</param>
/// <param name="Token">Makes a repeat of this write one write, also when other versions came in between. Never used for another
/// value.</param>
public sealed record SecretWrite(SecretLocation Location, SecretValue Value, SecretVersion? ExpectedVersion, Guid Token)
{
    /// <summary>Further fields of the same secret that get the same value in the same version; none where the whole secret is
    /// written.</summary>
    public IReadOnlyList<string> MoreFields { get; init; } = [];

    /// <summary>Everywhere that the value goes, the location first.</summary>
    public IEnumerable<SecretLocation> Locations => MoreFields.Select(more => Location with { Field = more }).Prepend(Location);
}

/// <summary>One step of a store's self test.</summary>
/// <param name="Name">What was tried, in a few words.</param>
/// <param name="Passed">Whether it worked.</param>
/// <param name="Message">What was seen, or what to do. No secret.</param>
public sealed record StoreTestStep(string Name, bool Passed, string Message)
{
    /// <summary>The line of the store's own policy that is missing, where that is why it failed; else null.</summary>
    public string? MissingPermission { get; init; }

    /// <summary>How long it took, or null where that says nothing.</summary>
    public TimeSpan? Took { get; init; }
}
