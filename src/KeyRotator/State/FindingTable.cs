using KeyRotator.Findings;

namespace KeyRotator.State;

/// <summary>Findings, open and past. A unique index lets at most one be open for each <see cref="FindingKey"/>.</summary>
internal static class FindingTable
{
    /// <summary>Open findings about the given subjects. Any number of subjects; few statements.</summary>
    public static Task<IReadOnlyList<Finding>> OpenAboutAsync(StateTransaction transaction, IReadOnlyCollection<FindingSubject> subjects, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>All open findings, critical first, then by time. Held ones are in it.</summary>
    public static Task<IReadOnlyList<Finding>> OpenAsync(StateTransaction transaction, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Open findings of one reason, held ones too. By index.</summary>
    public static Task<IReadOnlyList<Finding>> OpenForAsync(StateTransaction transaction, FindingReason reason, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Opens a finding and returns it with its id.</summary>
    public static Task<Finding> InsertAsync(StateTransaction transaction, FindingClaim claim, DateTimeOffset openedAt, DateTimeOffset? heldUntil, DateTimeOffset? remindAt, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Replaces severity, message, rung, held-until and remind-at of an open finding, or resolves it.</summary>
    public static Task UpdateAsync(StateTransaction transaction, Finding finding, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Open findings, not held, whose reminder is due. By index.</summary>
    public static Task<IReadOnlyList<Finding>> DueForReminderAsync(StateTransaction transaction, DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Held findings whose hold has ended. By index.</summary>
    public static Task<IReadOnlyList<Finding>> HeldUntilAsync(StateTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Removes findings resolved before the given time. At most <paramref name="limit"/> rows; returns how many went.</summary>
    public static Task<int> PruneAsync(StateTransaction transaction, DateTimeOffset before, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();
}
