using KeyRotator.Configuration;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Puts metrics into the service.</summary>
internal static class MetricsHosting
{
    /// <summary>Whether keys have samples of their own: <c>all</c>, the default, or <c>none</c>.</summary>
    public const string KeysVariable = "KEYROTATOR_METRICS_KEYS";

    /// <summary>Adds what gathers them: nothing of it is made before the database is open.</summary>
    public static IServiceCollection AddExposition(this IServiceCollection services) => services
        .AddSingleton<JobMeter>()
        .AddSingleton<OtlpLoop>()
        .AddSingleton(provider => new MetricsCollector(
            SourcesOf(provider), provider.GetRequiredService<ILogger<MetricsCollector>>()));

    private static MetricSources SourcesOf(IServiceProvider provider)
    {
        var live = provider.GetRequiredService<LiveRuntime>();
        var state = provider.GetRequiredService<ServicePhase>().State;
        return new()
        {
            State = state,
            Time = provider.GetRequiredService<TimeProvider>(),
            Parts = () => PartsOf(live),
            Watcher = provider.GetRequiredService<SettingsWatcher>(),
            Jobs = provider.GetRequiredService<Schedule>().Jobs,
            Succeeded = () => provider.GetRequiredService<JobMeter>().Succeeded,
            TellsKeys = TellsKeys(Environment.GetEnvironmentVariable),
            Engine = state.EngineName,
        };
    }

    /// <summary>Whether keys have samples of their own.</summary>
    /// <exception cref="FormatException">The variable has neither value.</exception>
    internal static bool TellsKeys(Func<string, string?> environment) => environment(KeysVariable) switch
    {
        null or "" or "all" => true,
        "none" => false,
        _ => throw new FormatException($"{KeysVariable} is neither all nor none."),
    };

    private static WorkingParts PartsOf(LiveRuntime live)
    {
        using var runtime = live.Rent();
        return WorkingParts.Of(runtime.Value);
    }
}
