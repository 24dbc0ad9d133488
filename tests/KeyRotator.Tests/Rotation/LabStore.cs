using System.Text;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Tests.Rotation;

/// <summary>A store in memory with versions, conditional writes and tokens, that a test may stop at any call.</summary>
internal class LabStore(string name) : ISecretDescriber, ISecretTagging
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LabSecret> _secrets = new(StringComparer.Ordinal);

    public string Name => name;

    public StoreCapabilities Capabilities => Abilities with { ReadOnly = IsReadOnly };

    /// <summary>Whether it is configured as one that is not written.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Called before each effect and after it, with a name for it: may throw.</summary>
    public Action<string>? At { get; set; }

    /// <summary>The same, and waited for.</summary>
    public Func<string, Task>? Pause { get; set; }

    protected virtual StoreCapabilities Abilities { get; } = new()
    { HasVersions = true, KeepsTags = true, ConditionalWrite = true, IdempotentWrite = true, Rollback = RollbackKind.NewVersion };

    /// <summary>Every text that readers of a secret ever saw, in order.</summary>
    public IReadOnlyList<string> SeenBy(string secret)
    {
        lock (_lock)
        {
            return [.. _secrets[secret].Seen];
        }
    }

    public string? Current(string secret)
    {
        lock (_lock)
        {
            return _secrets.GetValueOrDefault(secret)?.CurrentText;
        }
    }

    /// <summary>The ids of the versions that are kept.</summary>
    public IReadOnlyList<string> VersionsOf(string secret) => [.. _secrets[secret].Ids];

    /// <summary>A secret's tags, as they stand.</summary>
    public Dictionary<string, string> TagsOf(string secret) => _secrets[secret].Tags;

    /// <summary>Pins by name.</summary>
    public Dictionary<string, string> PinsOf(string secret) => _secrets[secret].Pins;

    /// <summary>Drops what nobody keeps, as AWS does with versions without a label.</summary>
    public void Prune(string secret) => _secrets[secret].Keep(_secrets[secret].Pins.Values);

    /// <summary>The version that is staged, or null.</summary>
    public string? StagedAt(string secret)
    {
        lock (_lock)
        {
            return _secrets.GetValueOrDefault(secret)?.Staged;
        }
    }

    /// <summary>A foreign writer.</summary>
    public void Put(string secret, string text)
    {
        lock (_lock)
        {
            Of(secret).Add(Guid.NewGuid().ToString(), text, makeCurrent: true);
        }
    }

    public void Remove(string secret)
    {
        lock (_lock)
        {
            _secrets.Remove(secret);
        }
    }

    public Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken) =>
        Effect($"read {name}", () =>
        {
            if (!Capabilities.HasVersions && version is not null)
            {
                return null;
            }

            if (!_secrets.TryGetValue(location.Name, out var secret) || secret.Text(version?.Id ?? secret.Current) is not { } text)
            {
                return null;
            }

            var value = location.Field is null ? new SecretValue(text) : JsonFields.Read(Encoding.UTF8.GetBytes(text), location);
            return value is null ? null
                : new StoredSecret(value, Capabilities.HasVersions ? new SecretVersion(version?.Id ?? secret.Current) : null);
        });

    public Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken) =>
        Effect<SecretVersion?>($"write {name}", () => new SecretVersion(Add(write, makeCurrent: true)));

    public Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken) =>
        Effect($"describe {name}", () => _secrets.TryGetValue(location.Name, out var secret)
            ? new SecretDescription
            {
                Current = new SecretVersion(secret.Current),
                Staged = secret.Staged is { } staged ? new SecretVersion(staged) : null,
                WrittenBy = "somebody",
                Tags = new Dictionary<string, string>(secret.Tags),
                Pins = secret.Pins.ToDictionary(pin => pin.Key, pin => new SecretVersion(pin.Value)),
            }
            : null);

    public Task TagAsync(SecretLocation location, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellationToken) =>
        Effect($"tag {name}", () =>
        {
            foreach (var (key, value) in tags)
            {
                Of(location.Name).Tags.Remove(key);
                if (value is not null)
                {
                    Of(location.Name).Tags[key] = value;
                }
            }

            return 0;
        });

    protected async Task<T> Effect<T>(string what, Func<T> effect)
    {
        await ReachAsync($"before {what}");
        T result;
        lock (_lock)
        {
            result = effect();
        }

        await ReachAsync($"after {what}");
        return result;
    }

    private Task ReachAsync(string what)
    {
        At?.Invoke(what);
        return Pause?.Invoke(what) ?? Task.CompletedTask;
    }

    protected LabSecret Of(string secret)
    {
        if (!_secrets.TryGetValue(secret, out var found))
        {
            _secrets[secret] = found = new LabSecret();
        }

        return found;
    }

    protected string Add(SecretWrite write, bool makeCurrent)
    {
        var secret = Of(write.Location.Name);
        var token = write.Token.ToString();
        if (Capabilities.IdempotentWrite && secret.Text(token) is not null)
        {
            return token;
        }

        if (Capabilities.ConditionalWrite && (write.ExpectedVersion?.Id ?? "") != secret.Current)
        {
            throw new SecretConflictException(name, write.Location, "Another version is current.");
        }

        var text = write.Location.Field is null ? write.Value.Reveal()
            : Encoding.UTF8.GetString(
                JsonWrites.Replace(Encoding.UTF8.GetBytes(secret.CurrentText ?? "{}"), write));
        if (text == secret.CurrentText)
        {
            return secret.Current;
        }

        secret.Add(token, text, makeCurrent);
        return token;
    }

    protected sealed class LabSecret
    {
        private readonly List<(string Id, string Text)> _versions = [];

        public List<string> Seen { get; } = [];

        public string Current { get; private set; } = "";

        public string? Staged { get; set; }

        public Dictionary<string, string> Tags { get; } = [];

        public Dictionary<string, string> Pins { get; } = [];

        public IEnumerable<string> Ids => _versions.Select(version => version.Id);

        public string? CurrentText => Text(Current);

        public string? Text(string id) => _versions.Find(version => version.Id == id).Text;

        public void Add(string id, string text, bool makeCurrent)
        {
            _versions.Add((id, text));
            if (makeCurrent)
            {
                MakeCurrent(id);
            }
        }

        public void Drop(string id) => _versions.RemoveAll(version => version.Id == id);

        public void Keep(IEnumerable<string> ids) =>
            _versions.RemoveAll(version => version.Id != Current && version.Id != Staged && !ids.Contains(version.Id));

        public void MakeCurrent(string id)
        {
            Current = id;
            Seen.Add(CurrentText!);
        }
    }
}

/// <summary>One that can destroy a single earlier version.</summary>
internal class VersionedLabStore(string name) : LabStore(name), ISecretVersionPurge
{
    public virtual Task PurgeAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken) =>
        Effect($"purge {Name}", () =>
        {
            var secret = Of(location.Name);
            secret.Drop(secret.Current != version.Id ? version.Id
                : throw new SecretConflictException(Name, location, "The version is current."));
            return 0;
        });
}

/// <summary>The same, with versions that readers do not see yet.</summary>
internal class StagingLabStore(string name) : VersionedLabStore(name), IStagingSecretStore, ISecretPinning
{
    protected override StoreCapabilities Abilities { get; } = new()
    {
        HasVersions = true,
        KeepsTags = true,
        ConditionalWrite = true,
        IdempotentWrite = true,
        CanStage = true,
        Rollback = RollbackKind.Pointer,
    };

    public Task PinAsync(SecretLocation location, SecretVersion version, string pin, CancellationToken cancellationToken) =>
        Effect($"pin {Name}", () => Of(location.Name).Pins[pin] = version.Id);

    public Task UnpinAsync(SecretLocation location, string pin, CancellationToken cancellationToken) =>
        Effect($"unpin {Name}", () => Of(location.Name).Pins.Remove(pin));

    public Task<SecretVersion> StageAsync(SecretWrite write, CancellationToken cancellationToken) => Effect($"stage {Name}", () =>
    {
        var secret = Of(write.Location.Name);
        if (secret.Staged is { } other && other != write.Token.ToString())
        {
            throw new SecretConflictException(Name, write.Location, "Another version is staged.");
        }

        var id = Add(write, makeCurrent: false);
        secret.Staged = id == secret.Current ? null : id;
        return new SecretVersion(id);
    });

    public Task PromoteAsync(SecretLocation location, SecretVersion staged, SecretVersion expected, CancellationToken cancellationToken) =>
        Effect($"promote {Name}", () =>
        {
            var secret = Of(location.Name);
            if (secret.Current == staged.Id)
            {
                return 0;
            }

            if (secret.Current != expected.Id)
            {
                throw new SecretConflictException(Name, location, "Neither version is current.");
            }

            secret.MakeCurrent(staged.Id);
            secret.Staged = null;
            return 0;
        });

    /// <summary>A call that was given up long ago arrives.</summary>
    public void StageLate(SecretLocation location, string value, Guid token)
    {
        Of(location.Name).Add(token.ToString(), value, makeCurrent: false);
        Of(location.Name).Staged = token.ToString();
    }

    public Task UnstageAsync(SecretLocation location, SecretVersion staged, CancellationToken cancellationToken) =>
        Effect($"unstage {Name}", () =>
        {
            var secret = Of(location.Name);
            secret.Staged = secret.Staged == staged.Id ? null : secret.Staged;
            return 0;
        });
}

/// <summary>The same, which tells on which day a version was last read.</summary>
internal sealed class TellingLabStore(string name, TimeProvider clock) : StagingLabStore(name), ISecretReaders, ISecretStore
{
    /// <summary>The day of the newest read of a version that is not current.</summary>
    public DateOnly? LastRead { get; set; }

    /// <summary>Called when such a version is read.</summary>
    public Action? Read { get; set; }

    /// <summary>The answer to who reads.</summary>
    public SecretStoreException? Fails { get; set; }

    public Task<DateOnly?> LastReadAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken) =>
        Effect($"readers {Name}", () => Fails is null ? LastRead : throw Fails);

    async Task<StoredSecret?> ISecretStore.ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(location, version, cancellationToken);
        var kept = VersionsOf(location.Name);
        if (version is not null && kept[0] == version.Value.Id && kept.Count > 1 && StagedAt(location.Name) is null)
        {
            LastRead = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            Read?.Invoke();
        }

        return read;
    }
}

/// <summary>The same without history: a write takes the place of what was there, whatever it was; a secret can be removed.</summary>
internal sealed class ForgetfulLabStore(string name) : LabStore(name), ISecretRemoval
{
    protected override StoreCapabilities Abilities { get; } = new() { Rollback = RollbackKind.Rewrite };

    /// <summary>The secrets that were removed, in order.</summary>
    public List<string> Dropped { get; } = [];

    public Task RemoveAsync(SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken) =>
        Effect($"remove {Name}", () =>
        {
            if (Current(location.Name) is { } text && known.All(value => value.Reveal() != text))
            {
                throw new SecretConflictException(Name, location, "It holds something else.");
            }

            if (Current(location.Name) is not null)
            {
                Remove(location.Name);
                Dropped.Add(location.Name);
            }

            return 0;
        });
}

/// <summary>The process dies here: nothing may catch it.</summary>
internal sealed class KilledException : Exception;
