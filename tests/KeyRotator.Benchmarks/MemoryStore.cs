using System.Collections.Concurrent;
using System.Globalization;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Benchmarks;

/// <summary>A store that costs next to nothing: versions, conditional writes, no calls.</summary>
internal sealed class MemoryStore(string name) : IWritableSecretStore
{
    private readonly ConcurrentDictionary<string, string[]> _secrets = new(StringComparer.Ordinal);

    public string Name => name;

    public StoreCapabilities Capabilities { get; } = new()
    {
        HasVersions = true,
        ConditionalWrite = true,
        IdempotentWrite = true,
        Rollback = RollbackKind.NewVersion,
    };

    /// <summary>The current value.</summary>
    public string? this[string secret] => _secrets.TryGetValue(secret, out var values) ? values[^1] : null;

    public void Put(string secret, string value) => _secrets[secret] = [value];

    public Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        if (!_secrets.TryGetValue(location.Name, out var values))
        {
            return Task.FromResult<StoredSecret?>(null);
        }

        var number = version is { } asked ? int.Parse(asked.Id, CultureInfo.InvariantCulture) : values.Length;
        return Task.FromResult<StoredSecret?>(new(new SecretValue(values[number - 1]), VersionOf(number)));
    }

    public Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var before = _secrets[write.Location.Name];
        return VersionOf(before.Length) == write.ExpectedVersion
            && _secrets.TryUpdate(write.Location.Name, [.. before, write.Value.Reveal()], before)
                ? Task.FromResult<SecretVersion?>(VersionOf(before.Length + 1))
                : throw new InvalidOperationException("Somebody else wrote it.");
    }

    private static SecretVersion VersionOf(int number) => new(number.ToString(CultureInfo.InvariantCulture));
}
