using KeyRotator.Configuration;
using KeyRotator.Hosting.Exposition;
using Quartz;

namespace KeyRotator.Hosting;

/// <summary>The part of a service that needs its database: the configuration in force, the schedulers, the waker, metrics by
/// OTLP.</summary>
internal sealed partial class ServiceWork(IServiceProvider services, ServiceRequest request) : IAsyncDisposable
{
    private readonly ILogger _logger = services.GetRequiredService<ILogger<ServiceWork>>();
    private readonly ServicePhase _phase = services.GetRequiredService<ServicePhase>();
    private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
    private readonly Settings _settings = request.First.Settings
        ?? throw new ArgumentException("A service starts from a valid configuration.", nameof(request));

    private Schedulers? _schedulers;
    private DispatchWaker? _waker;
    private OtlpLoop? _otlp;
    private bool _isInForce;

    /// <summary>Begins, as soon as the database answers.</summary>
    /// <exception cref="State.StateException">It cannot be used, and waiting does not mend it.</exception>
    public Task BeginAsync(CancellationToken cancellationToken)
    {
        var start = new DatabaseStart(
            _phase, request.Database.Cluster is not null, _time, services.GetRequiredService<ILogger<DatabaseStart>>());
        return start.RunAsync(TryAsync, cancellationToken);
    }

    /// <summary>Ends what is under way; what lasts longer than that is cut off, as is what a database that is away keeps from
    /// ending.</summary>
    public async Task EndAsync(TimeSpan within)
    {
        using var bound = new CancellationTokenSource(within, _time);
        var token = bound.Token;
        var ending = Task.Run(() => Task.WhenAll(
            _schedulers?.StopAsync(token) ?? Task.CompletedTask,
            _waker?.StopAsync(token) ?? Task.CompletedTask,
            _otlp?.StopAsync(token) ?? Task.CompletedTask));
        try
        {
            await ending.WaitAsync(within, _time);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException or SchedulerException)
        {
            LogCutOff(_logger, fault.GetType().Name);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _schedulers?.DisposeAsync() ?? ValueTask.CompletedTask;

    [LoggerMessage(7043, LogLevel.Warning, "Not all that was under way could be ended in time, or with the database ({Fault}): it was cut off")]
    private static partial void LogCutOff(ILogger logger, string fault);

    // What was done before the database failed again is not done twice.
    private async Task TryAsync(CancellationToken cancellationToken)
    {
        if (!_phase.IsOpen)
        {
            _phase.Take(await request.Database.OpenAsync(cancellationToken));
        }

        var live = services.GetRequiredService<LiveRuntime>();
        if (!_isInForce)
        {
            await live.PutInForceAsync(_settings, cancellationToken);
            _isInForce = true;
        }

        if (request.Database.Cluster is not null)
        {
            live.Replicas = 1 + await ReplicasJob.CountAsync(live.State, _time, cancellationToken);
        }

        await (_schedulers ??= services.GetRequiredService<Schedulers>()).StartAsync(request.Database.Cluster, cancellationToken);
        _waker = services.GetRequiredService<DispatchWaker>();
        await _waker.StartAsync(cancellationToken);
        _otlp = services.GetRequiredService<OtlpLoop>();
        await _otlp.StartAsync(cancellationToken);
    }
}
