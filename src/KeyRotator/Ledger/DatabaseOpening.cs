using KeyRotator.Configuration;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>Opens the database that a configuration names.</summary>
internal static class DatabaseOpening
{
    /// <summary>Opens it, making it or bringing its schema up to date where needed.</summary>
    /// <exception cref="StateException">It cannot be used; the message says why and what to do. Nothing was changed.</exception>
    public static Task<StateDatabase> OpenAsync(this DatabaseSettings database, TimeProvider time, CancellationToken cancellationToken) =>
        database.Server is { } server
            ? StateDatabase.ConnectAsync(server, time, cancellationToken)
            : StateDatabase.OpenAsync(database.Path, time, cancellationToken);
}
