using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>How far a service's start is: it answers health checks at once, and works as soon as its database answers.</summary>
internal sealed class ServicePhase : IAsyncDisposable
{
    private volatile string? _waitsFor = "the service starts";
    private StateDatabase? _state;

    /// <summary>What it waits for, in one sentence; null once it works.</summary>
    public string? WaitsFor => _waitsFor;

    /// <summary>The database.</summary>
    /// <exception cref="InvalidOperationException">It is not open yet.</exception>
    public StateDatabase State => _state ?? throw new InvalidOperationException("The database is not open yet.");

    /// <summary>Whether the database is open.</summary>
    public bool IsOpen => _state is not null;

    /// <summary>It waits.</summary>
    public void Wait(string reason) => _waitsFor = reason;

    /// <summary>The database is open, and from now on this one's to close.</summary>
    public void Take(StateDatabase state) => _state = state;

    /// <summary>It works.</summary>
    public void Begin() => _waitsFor = null;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _state?.DisposeAsync() ?? ValueTask.CompletedTask;
}
