using System.Globalization;
using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Ledger;

/// <summary>Asks for receivers of state to be told it: every minute in the service, at the end of a pass elsewhere.</summary>
internal sealed class StateQueue(StateDatabase state, Settings settings, FindingWriter findings, TimeProvider time)
{
    /// <summary>For how long the service's word holds: it comes every minute, and three of them may be missed.</summary>
    public static TimeSpan MinuteHolds { get; } = TimeSpan.FromMinutes(4);

    private const double CadencesHeld = 2.5;
    private readonly List<string> _channels = [.. settings.Channels.Values.Where(TakesState).Select(channel => channel.Name)];
    private long _queued = -1;

    /// <summary>Once a minute, however many processes there are.</summary>
    public async Task QueueMinuteAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var minute = now.ToUnixTimeSeconds() / 60;
        if (_channels.Count > 0 && Interlocked.Exchange(ref _queued, minute) != minute)
        {
            await QueueAsync(Text(minute), now, new StateTerms(MinuteHolds, FollowsPass: false), cancellationToken);
        }
    }

    /// <summary>At the end of a pass; nobody may come back before the next one.</summary>
    public async Task QueueAfterPassAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_channels.Count > 0)
        {
            await QueueAsync($"pass-{Text(now.UtcTicks)}", now, new StateTerms(PassHolds(), FollowsPass: true), cancellationToken);
        }
    }

    /// <summary>For how long the word of a pass holds: two passes and a half at the slowest cadence.</summary>
    public TimeSpan PassHolds() => findings.Inventory.Keys.Where(key => key.IsLookedAfter).Select(CadenceOf)
        .Append(settings.Defaults.CheckEvery).Max() * CadencesHeld;

    private static bool TakesState(ChannelSettings channel) => AlertChannels.Find(channel.Kind) is IStateChannel;

    private async Task QueueAsync(string occasion, DateTimeOffset now, StateTerms terms, CancellationToken cancellationToken)
    {
        await using var transaction = await state.BeginWriteAsync(cancellationToken);
        foreach (var channel in _channels)
        {
            var asked = new Alert
            {
                Id = AlertIds.OfMessage(state.InstallationId, "", occasion, channel),
                Kind = AlertKind.State,
                At = now,
                Severity = Severity.Info,
                Installation = state.InstallationId,
                State = terms,
            };
            await OutboxStateTable.QueueAsync(transaction, channel, occasion, asked, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private TimeSpan CadenceOf(ManagedKey key)
    {
        var instance = settings.Providers.GetValueOrDefault(key.Provider);
        var wanted = instance?.CheckEvery ?? key.Policy.CheckEvery;
        var least = instance is null ? null : KeyProviders.Find(instance.Kind)?.Profile.LeastCheckEvery;
        return least > wanted ? least.Value : wanted;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
