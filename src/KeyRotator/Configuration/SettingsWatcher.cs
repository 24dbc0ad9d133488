namespace KeyRotator.Configuration;

/// <summary>Sees when the configuration changes and loads it anew. A bad one changes nothing: what was loaded last stays.</summary>
/// <remarks>It looks at the files' stamps instead of asking the system to tell: that works on every mount, and through the links that
/// Kubernetes swaps.
/// A change is loaded once it looks the same at two looks in a row, so that a file is not read while it is written. One caller at a
/// time.</remarks>
internal sealed partial class SettingsWatcher
{
    private readonly string _path;
    private readonly Func<string, LoadResult> _load;
    private readonly TimeProvider _time;
    private readonly ILogger<SettingsWatcher> _logger;
    private IReadOnlyList<FileStamp> _loaded;
    private HashSet<FileStamp>? _pending;

    /// <summary>Starts from a configuration that was loaded just now.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="load">Loads it.</param>
    /// <param name="first">What it gave.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told of every reload.</param>
    /// <exception cref="ArgumentException">The first result has faults.</exception>
    public SettingsWatcher(string path, Func<string, LoadResult> load, LoadResult first, TimeProvider time, ILogger<SettingsWatcher> logger)
    {
        Current = first.Settings ?? throw new ArgumentException("Watching starts from a valid configuration.", nameof(first));
        _path = path;
        _load = load;
        _time = time;
        _logger = logger;
        _loaded = first.Inputs;
    }

    /// <summary>The configuration in force.</summary>
    public Settings Current { get; private set; }

    /// <summary>Whether the files as they stood at the last look are in force.</summary>
    public bool IsInForce { get; private set; } = true;

    /// <summary>The first fault of the last reload, or null where it went well.</summary>
    public ConfigurationFault? LastFault { get; private set; }

    /// <summary>When the configuration was last replaced (UTC), or null where it never was.</summary>
    public DateTimeOffset? LastReloadAt { get; private set; }

    /// <summary>How many reloads were refused since the start.</summary>
    public long FailedReloads { get; private set; }

    /// <summary>Looks once, and has a settled change put in force where it is good. Gives what loading gave, or null where there was no
    /// such change.</summary>
    /// <param name="putInForce">Puts it in force. Where it throws, nothing is taken over, and the next look tries again.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<LoadResult?> CheckAsync(Func<Settings, CancellationToken, Task> putInForce, CancellationToken cancellationToken)
    {
        var seen = Look();
        if (seen.SetEquals(_loaded))
        {
            _pending = null;
            IsInForce = LastFault is null;
            return null;
        }

        if (_pending is null || !seen.SetEquals(_pending))
        {
            _pending = seen;
            return null;
        }

        var result = _load(_path);
        IsInForce = false;
        if (result.Settings is { } settings)
        {
            await putInForce(settings, cancellationToken);
        }

        _loaded = result.Inputs;
        _pending = null;
        Take(result);
        return result;
    }

    private void Take(LoadResult result)
    {
        LastFault = result.Faults is [var fault, ..] ? fault : null;
        if (result.Settings is not { } settings)
        {
            FailedReloads++;
            LogRefused(_path, result.Faults.Count, LastFault);
            return;
        }

        Current = settings;
        LastReloadAt = _time.GetUtcNow();
        IsInForce = true;
        LogReloaded(_path, settings.Keys.Count, result.Warnings.Count);
    }

    private HashSet<FileStamp> Look() =>
        [.. Files().Concat(_loaded.Select(input => input.Path)).Distinct(StringComparer.Ordinal).Select(FileStamp.Of)];

    private IEnumerable<string> Files()
    {
        try
        {
            return SettingsFile.Under(_path).Select(file => file.FullPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [LoggerMessage(7100, LogLevel.Information, "Reloaded the configuration from {Path}: {KeyCount} keys, {WarningCount} warnings")]
    private partial void LogReloaded(string path, int keyCount, int warningCount);

    [LoggerMessage(7101, LogLevel.Error, "Kept the configuration: {Path} has changed and has {FaultCount} faults now. The first: {Fault}")]
    private partial void LogRefused(string path, int faultCount, ConfigurationFault? fault);
}
