using System.Net;
using KeyRotator.Configuration;
using KeyRotator.Hosting.Exposition;
using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>What the service starts from.</summary>
/// <param name="Path">The configuration's file or folder.</param>
/// <param name="Load">Loads it.</param>
/// <param name="First">What loading gave: a valid configuration.</param>
/// <param name="Database">How its database is opened.</param>
/// <param name="Listen">Where health and metrics are served.</param>
internal sealed record ServiceRequest(
    string Path, Func<string, LoadResult> Load, LoadResult First, ServiceDatabase Database, IPEndPoint Listen);

/// <summary>How a service opens its database.</summary>
/// <param name="OpenAsync">Opens it.</param>
/// <param name="Cluster">Where processes that share it keep their schedule; null where no process does.</param>
internal sealed record ServiceDatabase(Func<CancellationToken, Task<StateDatabase>> OpenAsync, ClusterStore? Cluster);

/// <summary>The service: health at once, then, as soon as the database answers, the work, until it is told to stop.</summary>
internal static class ServiceHost
{
    /// <summary>What is under way gets that long to end.</summary>
    public static TimeSpan StopWithin { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Runs until cancelled; then ends jobs under way, each with whole keys only. Threads of the schedulers may be left where the
    /// database keeps them from ending.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    /// <exception cref="StateException">The database cannot be used, and waiting does not mend it.</exception>
    public static async Task RunAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        await using var phase = new ServicePhase();
        await using var app = Build(request, phase);
        app.MapHealth();
        await app.StartAsync(cancellationToken);
        try
        {
            await using var work = new ServiceWork(app.Services, request);
            await work.BeginAsync(cancellationToken);
            await WaitAsync(cancellationToken);
            await work.EndAsync(StopWithin - Schedulers.LongestClose);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop before it had begun to work: nothing is under way.
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static WebApplication Build(ServiceRequest request, ServicePhase phase)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "keyrotator" });
        builder.Logging.AddJsonConsole(options => (options.TimestampFormat, options.UseUtcTimestamp) = ("yyyy-MM-ddTHH:mm:ss.fffZ", true));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 0;
            options.Limits.MaxConcurrentConnections = 100;
            options.Listen(request.Listen);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopWithin);
        AddWork(builder.Services, request, phase);
        return builder.Build();
    }

    // None of them is made before the database is open.
    private static void AddWork(IServiceCollection services, ServiceRequest request, ServicePhase phase)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(phase);
        services.AddSingleton(request.Database.Cluster is null ? Schedule.Alone : Schedule.Shared);
        services.AddSingleton(provider => new LiveRuntime(
            phase.State, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<JobRecord>();
        services.AddSingleton<Schedulers>();
        services.AddSingleton<DispatchWaker>();
        services.AddExposition();
        services.AddSingleton(provider => new SettingsWatcher(
            request.Path, request.Load, request.First, TimeProvider.System, provider.GetRequiredService<ILogger<SettingsWatcher>>()));
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.UnsafeRegister(
            static source => ((TaskCompletionSource)source!).TrySetResult(), stopped);
        await stopped.Task;
    }
}
