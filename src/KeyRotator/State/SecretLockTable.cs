namespace KeyRotator.State;

/// <summary>Which rotation may write a secret now. Writes to one secret come one after the other, over all processes.</summary>
internal static class SecretLockTable
{
    /// <summary>Takes the lock, or keeps it. False where another rotation has it.</summary>
    public static async Task<bool> TakeAsync(
        StateTransaction transaction, SecretLock wanted, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        await transaction
            .Prepare(
                """
                INSERT INTO secret_lock (store, name, rotation_id, until) VALUES (@store, @name, @rotation, @until)
                ON CONFLICT (store, name) DO UPDATE SET rotation_id = excluded.rotation_id, until = excluded.until
                  WHERE secret_lock.rotation_id = excluded.rotation_id OR secret_lock.until <= @now
                """)
            .Set("@store", wanted.Store)
            .Set("@name", wanted.Name)
            .Set("@rotation", wanted.Rotation)
            .Set("@now", now)
            .Set("@until", until)
            .ExecuteAsync(cancellationToken) == 1;

    /// <summary>Lets go of all that a rotation holds.</summary>
    public static Task ReleaseAsync(StateTransaction transaction, long rotation, CancellationToken cancellationToken) => transaction
        .Prepare("DELETE FROM secret_lock WHERE rotation_id = @rotation")
        .Set("@rotation", rotation)
        .ExecuteAsync(cancellationToken);
}

/// <summary>A secret that one rotation writes.</summary>
/// <param name="Store">Name of the configured store.</param>
/// <param name="Name">The secret's name there.</param>
/// <param name="Rotation">The rotation's number.</param>
internal sealed record SecretLock(string Store, string Name, long Rotation);
