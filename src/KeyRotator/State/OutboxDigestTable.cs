namespace KeyRotator.State;

/// <summary>Which findings a message of several tells of.</summary>
internal static class OutboxDigestTable
{
    /// <summary>Adds a message's findings.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="digest">The message.</param>
    /// <param name="rows">Its row in the outbox; none where it was there already.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task AddAsync(
        StateTransaction transaction, OutboxMessage digest, IEnumerable<long> rows, CancellationToken cancellationToken)
    {
        var insert = transaction.Prepare(
            "INSERT INTO outbox_digest (finding_id, channel, sequence) VALUES (@finding, @channel, @sequence)");
        foreach (var (row, finding) in rows.SelectMany(row => digest.Digested.Select(finding => (row, finding))))
        {
            await insert.Set("@finding", finding).Set("@channel", digest.Channel).Set("@sequence", row).ExecuteAsync(cancellationToken);
        }
    }
}
