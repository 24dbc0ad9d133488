using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Simulation;

/// <summary>Something that was told, and when.</summary>
/// <param name="At">Since the beginning.</param>
/// <param name="Id">The finding.</param>
/// <param name="Line">As <see cref="AlertInbox"/> has it.</param>
internal sealed record Told(TimeSpan At, string Id, string Line)
{
    public bool Is(string kind) => Line.StartsWith(kind, StringComparison.Ordinal);
}

/// <summary>Runs a world as the service does: every step a pass over what is due, then the dispatch.</summary>
internal sealed class Timeline(PassWorld world)
{
    private readonly List<Told> _told = [];
    private TimeSpan _elapsed;

    /// <summary>Everything that was told so far, reminders apart.</summary>
    public IReadOnlyList<Told> Told => _told;

    /// <summary>What was told so far, each line once, in the order of its first time.</summary>
    public IEnumerable<string> Lines => _told.Select(told => told.Line).Distinct();

    /// <summary>Goes on for some time. What happens in the world happens before each step.</summary>
    public async Task RunAsync(TimeSpan time, TimeSpan step, Action<TimeSpan>? happens = null)
    {
        for (var end = _elapsed + time; _elapsed < end; _elapsed += step)
        {
            happens?.Invoke(_elapsed);
            await world.ServeDueAsync();
            await world.DispatchAsync();
            _told.AddRange(
                world.Inbox.TakeFindings().Select(told => new Told(_elapsed, told.Id, told.Line)).Where(told => !told.Is("Reminder")));
            world.Clock.Advance(step);
        }
    }

    /// <summary>Goes on minute by minute.</summary>
    public Task RunAsync(int minutes, Action<TimeSpan>? happens = null) =>
        RunAsync(TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(1), happens);
}
