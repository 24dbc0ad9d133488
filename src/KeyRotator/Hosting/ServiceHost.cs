using System.Net;
using KeyRotator.Configuration;
using KeyRotator.Hosting.Exposition;
using KeyRotator.State;

namespace KeyRotator.Hosting;

/// <summary>What the service starts from.</summary>
/// <param name="Path">The configuration's file or folder.</param>
/// <param name="Load">Loads it.</param>
/// <param name="First">What loading gave: a valid configuration.</param>
/// <param name="State">The open database; stays the caller's.</param>
/// <param name="Listen">Where health and metrics are served.</param>
internal sealed record ServiceRequest(string Path, Func<string, LoadResult> Load, LoadResult First, StateDatabase State, IPEndPoint Listen);

/// <summary>The service: scheduler, health and metrics, until it is told to stop.</summary>
internal static class ServiceHost
{
    /// <summary>What is under way gets that long to end.</summary>
    public static TimeSpan StopWithin { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Runs until cancelled; then ends jobs under way, each with whole keys only.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task RunAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        await using var app = Build(request);
        using var live = app.Services.GetRequiredService<LiveRuntime>();
        var settings = request.First.Settings
            ?? throw new ArgumentException("A service starts from a valid configuration.", nameof(request));
        await live.PutInForceAsync(settings, cancellationToken);
        app.MapHealth();
        await app.StartAsync(cancellationToken);
        await WaitAsync(cancellationToken);
        await app.StopAsync(CancellationToken.None);
    }

    private static WebApplication Build(ServiceRequest request)
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
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(request.State);
        builder.Services.AddSingleton<LiveRuntime>();
        builder.Services.AddSingleton<JobRecord>();
        builder.Services.AddSingleton(services => new SettingsWatcher(
            request.Path, request.Load, request.First, TimeProvider.System, services.GetRequiredService<ILogger<SettingsWatcher>>()));
        builder.Services.AddExposition();
        builder.Services.AddSchedule();
        builder.Services.AddHostedService<DispatchWaker>();
        return builder.Build();
    }

    private static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.UnsafeRegister(
            static source => ((TaskCompletionSource)source!).TrySetResult(), stopped);
        await stopped.Task;
    }
}
