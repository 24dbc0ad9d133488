namespace KeyRotator.Keys;

/// <summary>Who acts, as far as a command line can know.</summary>
/// <param name="Account">The operating system's account and host, as in <c>ops@bastion</c>.</param>
/// <param name="Operator">Name of the operator whose token was given, or null where none was.</param>
public sealed record RotationPerson(string Account, string? Operator)
{
    /// <summary>The name that is told and recorded: the operator's, with the account behind it, or the account alone.</summary>
    public string Name => Operator is null ? Account : $"{Operator} ({Account})";

    /// <summary>Why this person may not approve what another handed in: the same one, or not to be told apart; null where it may.</summary>
    public string? WhyNotApprove(RotationPerson submitter)
    {
        ArgumentNullException.ThrowIfNull(submitter);
        return Operator is not null && Operator == submitter.Operator
            ? $"{Operator} handed it in, and nobody approves what is their own: somebody else must."
            : !IsOneAccount(submitter) || (Operator is not null && submitter.Operator is not null) ? null
            : Operator is null && submitter.Operator is null && Account == submitter.Account
                ? $"{Account} handed it in, and nobody approves what is their own: somebody else must. Where several people share that "
                    + "account, each needs an operator's token, and gives it when handing in and when approving (`operators`)."
                : $"{Name} and {submitter.Name}, who handed it in, use one account, and not both gave an operator's token: they cannot be "
                    + "told apart. Hand it in and approve it with a token each (`operators`), or from accounts of your own.";
    }

    // The account alone: one person has the same one on several hosts.
    private bool IsOneAccount(RotationPerson other) =>
        string.Equals(UserOf(Account), UserOf(other.Account), StringComparison.OrdinalIgnoreCase);

    private static string UserOf(string account) => account.LastIndexOf('@') is >= 0 and var at ? account[..at] : account;
}
