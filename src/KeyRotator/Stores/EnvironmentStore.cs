using System.Runtime.CompilerServices;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>The environment of this process, read-only: a secret's name is a variable's name.</summary>
/// <remarks>An unset variable is absent; an empty one is a value of no length, which the inspection of values reports. There are no
/// versions.</remarks>
internal sealed class EnvironmentStore(string name, Func<string, string?> lookup, Func<IEnumerable<string>> variables)
    : IBatchSecretReader, ISecretListing, IStoreSelfTest
{
    public const string Kind = "env";

    /// <summary>The store over the real environment, read anew at each call.</summary>
    public EnvironmentStore(string name)
        : this(name, Environment.GetEnvironmentVariable, () => Environment.GetEnvironmentVariables().Keys.Cast<string>())
    {
    }

    public string Name => name;

    public StoreCapabilities Capabilities { get; } = new() { ReadOnly = true, IsLocal = true, MaxBytes = 128 * 1024 };

    public int BatchSize => 1000;

    public Task<StoredSecret?> ReadAsync(SecretLocation location, SecretVersion? version, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<StoredSecret?>(cancellationToken);
        }

        var reading = version is null ? Read(location) : new StoreReading(location, null, null);
        return reading.Failure is null ? Task.FromResult(reading.Secret) : Task.FromException<StoredSecret?>(reading.Failure);
    }

    public Task<IReadOnlyList<StoreReading>> ReadManyAsync(IReadOnlyList<SecretLocation> locations, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<IReadOnlyList<StoreReading>>(cancellationToken)
            : Task.FromResult<IReadOnlyList<StoreReading>>([.. locations.Select(Read)]);

    public async IAsyncEnumerable<ListedSecret> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var matching = variables().Where(variable => variable.StartsWith(prefix, StringComparison.Ordinal));
        foreach (var variable in matching.Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ListedSecret(variable, null);
        }
    }

    public Task<IReadOnlyList<StoreTestStep>> TestAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoreTestStep> steps = [new("read the environment", true, $"{variables().Count()} variables are set")];
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<IReadOnlyList<StoreTestStep>>(cancellationToken)
            : Task.FromResult(steps);
    }

    private StoreReading Read(SecretLocation location) => StoreReading.Of(location, () =>
    {
        if (lookup(location.Name) is not { } text)
        {
            return null;
        }

        var value = location.Field is null ? new SecretValue(text) : JsonFields.Read(new SecretValue(text), location);
        return value is null ? null : new StoredSecret(value, null);
    });
}
