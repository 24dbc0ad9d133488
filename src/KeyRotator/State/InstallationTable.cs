using System.Security.Cryptography;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The one row that says which installation this is.</summary>
internal static class InstallationTable
{
    /// <summary>Reads the row, making it where there is none.</summary>
    public static async Task<Installation> LoadAsync(StateEngine engine, CancellationToken cancellationToken)
    {
        await using (var reading = await engine.BeginReadAsync(cancellationToken))
        {
            if (await FindAsync(reading, cancellationToken) is { } known)
            {
                return known;
            }
        }

        await using var writing = await engine.BeginWriteAsync(Durability.PowerLoss, cancellationToken);
        await writing.Prepare("INSERT INTO installation (only_row, id, salt) VALUES (1, @id, @salt) ON CONFLICT (only_row) DO NOTHING")
            .Set("@id", Guid.NewGuid().ToString())
            .Set("@salt", RandomNumberGenerator.GetBytes(Fingerprinter.SaltLength))
            .ExecuteAsync(cancellationToken);
        var made = await FindAsync(writing, cancellationToken);
        await writing.CommitAsync(cancellationToken);
        return made!;
    }

    /// <summary>Makes a database that of the installation whose state it takes over.</summary>
    public static async Task TakeOverAsync(StateTransaction source, StateTransaction target, CancellationToken cancellationToken)
    {
        var installation = await FindAsync(source, cancellationToken)
            ?? throw new StateException("The source does not say which installation it is. Nothing was copied.", null);
        await target.Prepare("UPDATE installation SET id = @id, salt = @salt")
            .Set("@id", installation.Id)
            .Set("@salt", installation.Salt)
            .ExecuteAsync(cancellationToken);
    }

    private static async Task<Installation?> FindAsync(StateTransaction transaction, CancellationToken cancellationToken)
    {
        var rows = await transaction.Prepare("SELECT id, salt FROM installation")
            .ReadAsync(row => new Installation(row.Text(), row.Bytes()), cancellationToken);
        return rows.SingleOrDefault();
    }
}

/// <summary>An installation.</summary>
/// <param name="Id">Its name in marks and alerts.</param>
/// <param name="Salt">What fingerprints are keyed with.</param>
internal sealed record Installation(string Id, byte[] Salt);
