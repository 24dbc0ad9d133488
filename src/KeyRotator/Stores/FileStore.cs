using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using Microsoft.Win32.SafeHandles;

namespace KeyRotator.Stores;

/// <summary>One encrypted file that holds secrets with their last <see cref="FileStoreDraft.VersionsKept"/> versions: the embedded
/// store.</summary>
/// <remarks>
/// <para>Layout: <see cref="FileStoreHeader"/>, the encrypted index (names, version ids, lengths), then each value sealed by itself and
/// bound to its name and version. So the index alone is kept in memory between calls, and a value is decrypted when it is read and at no
/// other time.</para>
/// <para>Reads take no lock: they open the file anew, and its header tells whether the index in memory belongs to it. Writes hold a lock,
/// check token, condition and value, and replace the file as a whole (<see cref="AtomicFile"/>). Somebody who can write the folder can put
/// an older copy of the file in its place: that is noticed by its version ids only.</para>
/// <para>A file that is not there is an empty store, so that a first write can make it; a missing folder is a fault.</para>
/// </remarks>
internal sealed class FileStore(
    string name, string path, FileStoreKey key, TimeProvider time, Action<ReplaceStep, string>? interrupt = null)
    : ISecretVersionPurge, ISecretRemoval, IBatchSecretReader, ISecretVersionListing, ISecretDescriber, IStoreSelfTest
{
    public const string Kind = "file";

    private readonly AtomicFile _file = new(path, time, interrupt);
    private readonly Lock _loading = new();
    private FileStoreIndex? _index;

    /// <exception cref="ArgumentException">The path is missing, or not exactly one of passphrase and key file is given.</exception>
    public static FileStore Create(StoreSettings settings, TimeProvider time)
    {
        var key = (settings.Passphrase, settings.KeyFile) switch
        {
            ({ } passphrase, null) => FileStoreKey.FromPassphrase(passphrase),
            (null, { } keyFile) => FileStoreKey.FromKeyFile(keyFile),
            _ => throw new ArgumentException($"Store {settings.Name} needs either passphrase or keyFile.", nameof(settings)),
        };
        var path = settings.Path ?? throw new ArgumentException($"Store {settings.Name} needs a path.", nameof(settings));
        return new(settings.Name, path, key, time);
    }

    public string Name => name;

    public StoreCapabilities Capabilities { get; } =
        new() { IsLocal = true, HasVersions = true, ConditionalWrite = true, IdempotentWrite = true, Rollback = RollbackKind.NewVersion };

    public int BatchSize => 250;

    public Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken) =>
        GuardAsync("read", location, () =>
        {
            using var snapshot = Open(cancellationToken);
            return Task.FromResult(snapshot is null ? null : Read(snapshot, location, version));
        });

    public Task<IReadOnlyList<StoreReading>> ReadManyAsync(IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken) =>
        GuardAsync("read", null, () =>
        {
            using var snapshot = Open(cancellationToken);
            return Task.FromResult<IReadOnlyList<StoreReading>>([.. locations.Select(location => ReadOne(snapshot, location))]);
        });

    public IReadOnlyList<string> PrefixesOf(IEnumerable<string> names) => names.Any() ? [""] : [];

    public async IAsyncEnumerable<ListedSecret> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var snapshot = await GuardAsync("list", null, () => Task.FromResult(Open(cancellationToken)));
        var names = snapshot?.Index.Secrets.Keys.Where(secret => secret.StartsWith(prefix, StringComparison.Ordinal)) ?? [];
        foreach (var secret in names.Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ListedSecret(secret, snapshot!.Find(secret, null)!.Id);
        }
    }

    public async Task<SecretVersion?> WriteAsync(SecretWrite write, CancellationToken cancellationToken) =>
        (await WriteManyAsync([write], cancellationToken))[0];

    /// <summary>Makes all of the writes in one replacement of the file, or none of them.</summary>
    internal Task<IReadOnlyList<SecretVersion>> WriteManyAsync(IReadOnlyList<SecretWrite> writes, CancellationToken cancellationToken) =>
        ChangeAsync<IReadOnlyList<SecretVersion>>("write", writes is [var only] ? only.Location : null, draft =>
        {
            var now = time.GetUtcNow();
            return [.. writes.Select(write => draft.Apply(write, now))];
        }, cancellationToken);

    public Task<SecretDescription?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken) =>
        GuardAsync("describe", location, () =>
        {
            using var snapshot = Open(cancellationToken);
            return Task.FromResult(snapshot?.Find(location.Name, null) is not { } current ? null : new SecretDescription
            {
                Current = current.Id,
                WrittenAt = DateTimeOffset.FromUnixTimeMilliseconds(current.WrittenAt),
            });
        });

    public Task PurgeAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken) =>
        ChangeAsync("purge", location, draft => draft.Purge(location, version), cancellationToken);

    public Task RemoveAsync(SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken) =>
        ChangeAsync("remove", location, draft => draft.Remove(location, known), cancellationToken);

    public async Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        var run = new StoreTestRun(time);
        FileStoreSnapshot? snapshot = null;
        await run.TryAsync("open the file", async () =>
        {
            snapshot = await GuardAsync("test", null, () => Task.FromResult(Open(cancellationToken)));
            return snapshot is null ? $"{path} is not there yet; the first write makes it" : $"{snapshot.Index.Secrets.Count} secrets";
        });
        using (snapshot)
        {
            if (snapshot is not null)
            {
                await run.TryAsync("decrypt every value", () => Task.FromResult(OpenAll(snapshot)));
            }
        }

        return run.Steps;
    }

    private Task<T> ChangeAsync<T>(
        string operation, SecretLocation? location, Func<FileStoreDraft, T> change, CancellationToken cancellationToken) =>
        GuardAsync(operation, location, async () =>
        {
            using var held = await _file.LockAsync(cancellationToken);
            using var current = Open(cancellationToken);
            var draft = new FileStoreDraft(current, key, Capabilities.MaxBytes);
            var result = change(draft);
            if (draft.IsChanged)
            {
                _file.Replace(draft.WriteTo);
            }

            return result;
        });

    private string OpenAll(FileStoreSnapshot snapshot)
    {
        var locations = snapshot.Index.Secrets.Keys.Select(secret => new SecretLocation { Store = name, Name = secret });
        var failure = locations.Select(location => ReadOne(snapshot, location).Failure).FirstOrDefault(failure => failure is not null);
        return failure is null
            ? "all of them open"
            : throw new SecretStoreException(name, "test", null, isTransient: false, $"{failure.Location?.Name}: {failure.Advice}");
    }

    private StoreReading ReadOne(FileStoreSnapshot? snapshot, SecretLocation location)
    {
        try
        {
            return StoreReading.Of(location, () => snapshot is null ? null : Read(snapshot, location, null));
        }
        catch (InvalidDataException damage)
        {
            return new(location, null, new SecretStoreException(name, "read", location, isTransient: false, damage.Message));
        }
    }

    private static StoredSecret? Read(FileStoreSnapshot snapshot, SecretLocation location, SecretVersion? version)
    {
        if (snapshot.Find(location.Name, version) is not { } found)
        {
            return null;
        }

        var plain = snapshot.Open(location.Name, found);
        try
        {
            var value = location.Field is null ? new SecretValue(Encoding.UTF8.GetString(plain)) : JsonFields.Read(plain, location);
            var writtenAt = DateTimeOffset.FromUnixTimeMilliseconds(found.WrittenAt);
            return value is null ? null : new StoredSecret(value, found.Id) { WrittenAt = writtenAt };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private FileStoreSnapshot? Open(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OpenFile() is not { } file)
        {
            return null;
        }

        try
        {
            return new FileStoreSnapshot(file, Load(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private SafeFileHandle? OpenFile()
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private FileStoreIndex Load(SafeFileHandle file)
    {
        var header = FileStoreSnapshot.ReadHeader(file);
        lock (_loading)
        {
            return _index = header.StandsBefore(_index) ? _index! : FileStoreSnapshot.ReadIndex(file, header, header.Unlock(key));
        }
    }

    private async Task<T> GuardAsync<T>(string operation, SecretLocation? location, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (fault is InvalidDataException or UnauthorizedAccessException or IOException)
        {
            var advice = fault switch
            {
                DirectoryNotFoundException => "its folder is not there; make it, or correct the path.",
                UnauthorizedAccessException => "it is a folder, or this user may not open or write it, its folder or its key file.",
                _ => fault.Message,
            };
            var isTransient = fault is IOException and not DirectoryNotFoundException;
            throw new SecretStoreException(name, operation, location, isTransient, $"{path}: {advice}");
        }
    }
}
