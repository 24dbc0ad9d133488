using System.Text;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;

namespace KeyRotator.Tests.Rotation;

/// <summary>A store in memory with versions, conditional writes and tokens, that a test may stop at any call.</summary>
internal class LabStore(string name) : IWritableSecretStore, ISecretDescriber
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
    { HasVersions = true, ConditionalWrite = true, IdempotentWrite = true, Rollback = RollbackKind.NewVersion };

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
            }
            : null);

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

        public void MakeCurrent(string id)
        {
            Current = id;
            Seen.Add(CurrentText!);
        }
    }
}

/// <summary>The same, with versions that readers do not see yet.</summary>
internal sealed class StagingLabStore(string name) : LabStore(name), IStagingSecretStore
{
    protected override StoreCapabilities Abilities { get; } = new()
    { HasVersions = true, ConditionalWrite = true, IdempotentWrite = true, CanStage = true, Rollback = RollbackKind.Pointer };

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
