using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Tests.Support;

/// <summary>A store in memory that can be written, and does what is asked of it as badly as a test wants.</summary>
internal sealed class WritableMemoryStore : ISecretRemoval, ISecretListing
{
    public string Name => "mine";

    public StoreCapabilities Capabilities { get; } = new() { HasVersions = true, ConditionalWrite = true };

    /// <summary>Values by name, the current one last.</summary>
    public Dictionary<string, List<string>> Secrets { get; } = [];

    /// <summary>Whether a write is taken whatever it expects.</summary>
    public bool IgnoresConditions { get; set; }

    /// <summary>What is read in place of what is there, or null.</summary>
    public string? Reads { get; set; }

    /// <summary>Called before anything is read.</summary>
    public Action? BeforeReading { get; set; }

    /// <summary>The failure of these operations.</summary>
    public Dictionary<string, SecretStoreException> Fails { get; } = [];

    public Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        BeforeReading?.Invoke();
        Fail("read");
        var versions = Secrets.GetValueOrDefault(location.Name) ?? [];
        var number = version is { } given ? int.Parse(given.Id, null) : versions.Count;
        return Task.FromResult(number > 0 && number <= versions.Count
            ? new StoredSecret(new SecretValue(Reads ?? versions[number - 1]), new SecretVersion($"{number}"))
            : null);
    }

    public Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        Fail("write");
        var versions = Secrets.GetValueOrDefault(write.Location.Name) ?? [];
        SecretVersion? current = versions.Count == 0 ? null : new($"{versions.Count}");
        if (current != write.ExpectedVersion && !IgnoresConditions)
        {
            throw new SecretConflictException(Name, write.Location, "another one is current.");
        }

        Secrets[write.Location.Name] = versions;
        versions.Add(write.Value.Reveal());
        return Task.FromResult<SecretVersion?>(new($"{versions.Count}"));
    }

    public Task RemoveAsync(SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Fail("remove");
        var isKnown = Secrets.GetValueOrDefault(location.Name)?.TrueForAll(text => known.Any(value => value.Reveal() == text)) ?? true;
        _ = isKnown ? Secrets.Remove(location.Name) : throw KnownSecrets.Refusal(location);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<ListedSecret> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        Fail("list");
        return Secrets.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => new ListedSecret(name, null)).ToAsyncEnumerable();
    }

    private void Fail(string operation)
    {
        if (Fails.TryGetValue(operation, out var failure))
        {
            throw failure;
        }
    }
}
