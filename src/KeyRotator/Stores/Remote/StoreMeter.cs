namespace KeyRotator.Stores.Remote;

/// <summary>What a request does at a store.</summary>
internal enum StoreRequestKind
{
    /// <summary>Asks for a value, or for what is known of a secret.</summary>
    Read = 0,

    /// <summary>Asks for a page of a list.</summary>
    List,

    /// <summary>Changes something, or tries to.</summary>
    Write,
}

/// <summary>How many requests of each kind.</summary>
internal readonly record struct StoreRequests(long Reads, long Lists, long Writes)
{
    /// <summary>Whether there are none.</summary>
    public bool IsNone => this == default;

    public static StoreRequests operator -(StoreRequests one, StoreRequests other) =>
        new(one.Reads - other.Reads, one.Lists - other.Lists, one.Writes - other.Writes);
}

/// <summary>Counts the requests that went to a store's API: every attempt, whatever came of it, as the vendor does. Logins are not among
/// them.</summary>
internal sealed class StoreMeter
{
    private long _reads;
    private long _lists;
    private long _writes;

    /// <summary>What was counted since the store was made.</summary>
    public StoreRequests Total => new(Volatile.Read(ref _reads), Volatile.Read(ref _lists), Volatile.Read(ref _writes));

    /// <summary>Counts one.</summary>
    public void Count(StoreRequestKind kind)
    {
        ref var counter = ref _writes;
        switch (kind)
        {
            case StoreRequestKind.Read:
                counter = ref _reads;
                break;
            case StoreRequestKind.List:
                counter = ref _lists;
                break;
        }

        Interlocked.Increment(ref counter);
    }
}

/// <summary>A store whose requests are counted.</summary>
internal interface IMeteredStore : ISecretStore
{
    /// <summary>The counter.</summary>
    StoreMeter Meter { get; }
}
