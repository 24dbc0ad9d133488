using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>What receivers of state are told: the open findings that the routes send there, and the end of what they were told
/// before.</summary>
/// <remarks>Acknowledgements and silences are not looked at: such a receiver has its own, and would take what is left out for over.
/// Held findings fire nowhere.</remarks>
internal sealed class FiringStates(StateDatabase state, Settings settings, FindingWriter findings, TimeProvider time) : IAlertStates
{
    /// <summary>For how long an end is told at the least, so that a receiver that was away hears of it.</summary>
    public static TimeSpan EndsAreToldFor { get; } = TimeSpan.FromMinutes(15);

    // A rejection waits that long at most for the outage guard; what is held then does not fire.
    private static readonly TimeSpan s_guardDecidesWithin = TimeSpan.FromMinutes(2);

    /// <inheritdoc />
    public async Task<Alert> ComposeAsync(ChannelSettings channel, Alert asked, CancellationToken cancellationToken)
    {
        var kind = AlertChannels.Find(channel.Kind) as IStateChannel
            ?? throw new NotSupportedException("This kind of channel takes messages.");
        var now = time.GetUtcNow();
        var keep = asked.State?.Holds > EndsAreToldFor ? asked.State.Holds : EndsAreToldFor;
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        await ToldStateTable.ForgetAsync(transaction, channel.Name, now - keep, cancellationToken);
        var told = await ToldStateTable.LoadAsync(transaction, channel.Name, cancellationToken);
        var ends = await ToldStateTable.EndsAsync(transaction, now - keep, cancellationToken);
        var open = await FindingTable.OpenAsync(transaction, cancellationToken);
        var terms = new FindingTerms { At = now };
        var firing = open.Where(finding => Fires(finding, asked, now))
            .Select(finding => findings.Shown(finding, terms))
            .Where(shown => AlertRouter.Route(shown, settings.Routes).Any(routed => routed.Channel == channel.Name));
        var change = StateChange.Between(
            told, firing, shown => kind.IdentityOf(shown, state.InstallationId), EndsById(ends), now);
        await ToldStateTable.SaveAsync(transaction, channel.Name, change.News, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return asked with { At = now, Findings = [.. change.Firing, .. change.Ended] };
    }

    private Dictionary<string, DateTimeOffset> EndsById(IReadOnlyDictionary<long, DateTimeOffset> ends) => ends.ToDictionary(
        end => AlertIds.OfFinding(state.InstallationId, end.Key), end => end.Value, StringComparer.Ordinal);

    private static bool Fires(Finding finding, Alert asked, DateTimeOffset now) =>
        finding.HeldUntil is null && (asked.State is { FollowsPass: true } || !MayYetBeHeld(finding, now));

    private static bool MayYetBeHeld(Finding finding, DateTimeOffset now) => finding.Key.Reason is FindingReason.KeyRejected
        && finding.OpenedAt <= now && now - finding.OpenedAt < s_guardDecidesWithin;
}
