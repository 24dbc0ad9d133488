using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Keeps earlier versions by labels of our own, and gives them up: AWS deletes a version that has no label, when it likes. A lost
/// answer is found again by reading.</summary>
/// <remarks>Source: AWS Secrets Manager User Guide, "What's in a secret", and API Reference, <c>UpdateSecretVersionStage</c>, read
/// 2026-11. A secret has at most 20 labels on all its versions.</remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
internal sealed class AwsPins(string store, AwsSecretsManagerApi api)
{
    /// <summary>Pins as <see cref="ISecretPinning.PinAsync"/> says.</summary>
    public async Task PinAsync(SecretLocation location, SecretVersion version, string pin, CancellationToken cancellationToken)
    {
        var label = AwsSecretState.PinPrefix + pin;
        if (!await ChangeAsync(location, label, state => Target(location, state, version, label), cancellationToken))
        {
            throw new SecretConflictException(store, location, "the secret is gone.", "pin");
        }
    }

    /// <summary>Unpins as <see cref="ISecretPinning.UnpinAsync"/> says.</summary>
    public Task UnpinAsync(SecretLocation location, string pin, CancellationToken cancellationToken) =>
        ChangeAsync(location, AwsSecretState.PinPrefix + pin, _ => null, cancellationToken);

    /// <summary>Takes AWSPREVIOUS from a version that has no other label.</summary>
    /// <exception cref="SecretConflictException">It is current, or has a label of somebody else.</exception>
    public async Task GiveUpAsync(SecretLocation location, SecretVersion version, CancellationToken cancellationToken)
    {
        if (await api.DescribeAsync("purge", location, cancellationToken) is not { } state)
        {
            return;
        }

        if (state.Current == version)
        {
            throw new SecretConflictException(store, location, "the version is current.", "purge");
        }

        if (state.LabelsOf(version).FirstOrDefault(label => label is not AwsSecretState.PreviousLabel) is { } other)
        {
            throw new SecretConflictException(store, location, $"the version has the label {other}.", "purge");
        }

        await ChangeAsync(
            location,
            AwsSecretState.PreviousLabel,
            now => now.HolderOf(AwsSecretState.PreviousLabel) is { } holder && holder != version ? holder : null,
            cancellationToken);
    }

    // Moves a label to the version that is chosen, or takes it away where none is. False where the secret is gone.
    private async Task<bool> ChangeAsync(
        SecretLocation location, string label, Func<AwsSecretState, SecretVersion?> choose, CancellationToken cancellationToken)
    {
        for (var attempt = 1; await api.DescribeAsync("label", location, cancellationToken) is { IsDeleted: false } state; attempt++)
        {
            var (from, to) = (state.HolderOf(label), choose(state));
            if (from == to)
            {
                return true;
            }

            try
            {
                await api.MoveAsync(location, label, from, to, cancellationToken);
                return true;
            }
            catch (SecretStoreException fault) when (attempt < AwsSecretLabels.MostAttempts && AwsSecretLabels.IsUncertain(fault))
            {
                // Reading tells what it did.
            }
        }

        return false;
    }

    private SecretVersion Target(SecretLocation location, AwsSecretState state, SecretVersion version, string label)
    {
        if (!state.IsLabelled(version))
        {
            throw new SecretConflictException(store, location, "the version to pin is gone.", "pin");
        }

        return state.HolderOf(label) is not null || state.LabelCount < AwsSecretState.MostLabels
            ? version
            : throw new SecretStoreException(
                store, "pin", location, isTransient: false,
                $"it has {AwsSecretState.MostLabels} labels, and AWS takes no more: take one of them away.");
    }
}
