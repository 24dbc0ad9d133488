using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Makes durable what an assessment means for a key's versions.</summary>
internal sealed class VersionRecorder(CheckEnvironment environment, Inventory inventory)
{
    /// <summary>Records it. The key's status is in the database already.</summary>
    public async Task RecordAsync(
        StateTransaction transaction, Assessed assessed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var status = assessed.Status;
        if (assessed.Opened is { } version)
        {
            await OpenAsync(transaction, assessed, version, cancellationToken);
        }
        else if (assessed.IsStateChanged)
        {
            await KeyStates.SettleAsync(transaction, status, Move(assessed, now), cancellationToken);
        }

        // What was proven dead once and works is not dead.
        if (assessed.IsAcceptedAnew && status.Fingerprint is { } accepted)
        {
            await KeyVersionTable.ReviveAsync(transaction, status.KeyId, accepted, cancellationToken);
        }

        if (assessed is { Opened: null, IsExpiryChanged: true })
        {
            await KeyVersionTable.SetExpiryAsync(
                transaction, status.KeyId, status.Version, status.ExpiresAt, status.ExpirySource, cancellationToken);
        }
    }

    private async Task OpenAsync(
        StateTransaction transaction, Assessed assessed, KeyVersion version, CancellationToken cancellationToken)
    {
        await KeyVersionTable.OpenAsync(transaction, version, cancellationToken);
        if (assessed.Replaced is not null && inventory.Find(version.KeyId) is { } key)
        {
            await ForeignWatch.OpenAsync(transaction, assessed, key, environment.Stores[key.Primary.Store], cancellationToken);
        }
    }

    // An operator's decision moved the version when it was made: what is found only now, the configuration brought.
    private static KeyTransition Move(Assessed assessed, DateTimeOffset now) => new(
        null, assessed.Status.State, now, "configuration", assessed.Suspension is null ? "suspended no more" : "suspended");
}
