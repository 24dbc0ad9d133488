using KeyRotator.Keys;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Moves AWSCURRENT, and takes away the label of staged versions. A lost answer is found again by reading.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
internal sealed class AwsSecretLabels(string store, AwsSecretsManagerApi api)
{
    /// <summary>Most tries of one change.</summary>
    public const int MostAttempts = 3;

    /// <summary>Makes a version current where the expected one still is.</summary>
    public async Task PromoteAsync(
        SecretLocation location, SecretVersion version, SecretVersion? expected, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var state = await api.DescribeAsync("write", location, cancellationToken) ?? throw Conflict(location, "the secret is gone.");
            var isDone = state.Current == version;
            if (!isDone)
            {
                Refuse(location, state);
                isDone = state.Current == expected
                    ? await TryMoveAsync(location, expected, version, attempt, cancellationToken)
                    : throw Conflict(location, "another version is current than was expected.");
            }

            if (isDone)
            {
                await DetachAsync(location, version, state.IsPending(version), cancellationToken);
                return;
            }
        }
    }

    /// <summary>Takes the label of staged versions from one.</summary>
    public async Task UnstageAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        var state = await api.DescribeAsync("write", location, cancellationToken);
        await DetachAsync(location, version, state?.IsPending(version) == true, cancellationToken);
    }

    // True where the label was moved; false where reading must tell what happened.
    private async Task<bool> TryMoveAsync(
        SecretLocation location, SecretVersion? from, SecretVersion to, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await api.MoveAsync(location, AwsSecretState.CurrentLabel, from, to, cancellationToken);
            return true;
        }
        catch (SecretStoreException fault) when (attempt < MostAttempts && IsUncertain(fault))
        {
            return false;
        }
    }

    /// <summary>Takes the label of staged versions from one, where it has it.</summary>
    public async Task DetachAsync(SecretLocation location, SecretVersion version, bool isPending, CancellationToken cancellationToken)
    {
        for (var attempt = 1; isPending; attempt++)
        {
            try
            {
                await api.MoveAsync(location, AwsSecretState.PendingLabel, version, null, cancellationToken);
                return;
            }
            catch (SecretStoreException fault) when (attempt < MostAttempts && IsUncertain(fault))
            {
                isPending = (await api.DescribeAsync("write", location, cancellationToken))?.IsPending(version) == true;
            }
        }
    }

    /// <summary>Whether reading must tell what a call did.</summary>
    public static bool IsUncertain(SecretStoreException fault) =>
        fault is StoreUnreachableException { MayHaveHappened: true }
            or AwsErrorException { Kind: AwsErrorKind.Parameter or AwsErrorKind.Server };

    /// <exception cref="SecretStoreException">The secret must not be written.</exception>
    public void Refuse(SecretLocation location, AwsSecretState state)
    {
        if (state.WriteRefusal is { } refusal)
        {
            throw Failure(location, refusal);
        }
    }

    private SecretStoreException Failure(SecretLocation location, string advice) =>
        new(store, "write", location, isTransient: false, advice);

    private SecretConflictException Conflict(SecretLocation location, string advice) => new(store, location, advice);
}
