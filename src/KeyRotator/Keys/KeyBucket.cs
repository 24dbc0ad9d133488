namespace KeyRotator.Keys;

/// <summary>Which part of the keys a key belongs to. Pure; the same in every process and version: it is kept in the database.</summary>
public static class KeyBucket
{
    /// <summary>How many parts there are.</summary>
    public const int Count = 256;

    /// <summary>The key's part, from 0 up to, but not including, <see cref="Count"/>.</summary>
    public static int Of(KeyId key)
    {
        // FNV-1a; its high bits are the ones that mix well.
        var hash = 2166136261u;
        foreach (var character in key.Value)
        {
            hash = unchecked((hash ^ character) * 16777619u);
        }

        return (int)((hash ^ (hash >> 16)) >> 8 & (Count - 1));
    }
}
