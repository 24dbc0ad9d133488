namespace KeyRotator.Stores;

/// <summary>How an earlier value is put back.</summary>
public enum RollbackKind
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>A pointer is moved to the earlier version.</summary>
    Pointer,

    /// <summary>A new version with the earlier value is added.</summary>
    NewVersion,

    /// <summary>The value is written again; the store keeps no history.</summary>
    Rewrite,
}

/// <summary>A vendor's list price.</summary>
/// <param name="Dollars">In US dollars, without free tier and taxes.</param>
/// <param name="Calls">For so many calls, at least 1.</param>
/// <param name="AsOf">When it was read, as yyyy-MM.</param>
public sealed record CallPrice(decimal Dollars, int Calls, string AsOf)
{
    /// <summary>The price of a number of calls, in US dollars.</summary>
    public decimal Of(double calls) => Dollars * (decimal)calls / Calls;
}

/// <summary>What a store can do: the order of a rotation's steps follows from it.</summary>
public sealed record StoreCapabilities
{
    /// <summary>Cannot be written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Can hold a new version that readers do not see yet.</summary>
    public bool CanStage { get; init; }

    /// <summary>Keeps earlier versions readable.</summary>
    public bool HasVersions { get; init; }

    /// <summary>Refuses a write when the current version is not the expected one.</summary>
    public bool ConditionalWrite { get; init; }

    /// <summary>Takes a token that makes a repeated write one write.</summary>
    public bool IdempotentWrite { get; init; }

    /// <summary>Keeps tags with a secret (labels, annotations, custom metadata).</summary>
    public bool KeepsTags { get; init; }

    /// <summary>Every kept version costs money.</summary>
    public bool BillsVersions { get; init; }

    /// <summary>Nothing is called: it is read and written on this machine.</summary>
    public bool IsLocal { get; init; }

    /// <summary>How many values one call reads, at least 1.</summary>
    public int ValuesPerCall { get; init; } = 1;

    /// <summary>How many secrets one call lists with their versions; 0 where a listing does not tell versions.</summary>
    public int VersionsPerCall { get; init; }

    /// <summary>What the vendor asks for reading values, or null where it asks nothing or no price is known here.</summary>
    public CallPrice? ReadPrice { get; init; }

    /// <summary>How an earlier value is put back.</summary>
    public RollbackKind Rollback { get; init; }

    /// <summary>Largest secret in bytes of UTF-8.</summary>
    public int MaxBytes { get; init; } = 64 * 1024;
}
