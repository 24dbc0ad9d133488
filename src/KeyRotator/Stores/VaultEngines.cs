using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using KeyRotator.Configuration;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Finds which engine holds a name: by configuration, else by asking the server once for each mount.</summary>
/// <remarks>The server is asked by <c>sys/internal/ui/mounts/{path}</c>, as Vault's own command line does. That endpoint carries no
/// promise,
/// so `mount` and `engineVersion` can be configured. Where the mount is, names are paths below it, else they begin with it.</remarks>
internal sealed class VaultEngines(VaultApi api, VaultStoreOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, VaultEngine> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>The configured mount without slashes at its ends, or null.</summary>
    public string? Mount { get; } = options.Mount?.Trim('/');

    /// <summary>The engine's version: as configured, else as found; 2 before anything was found.</summary>
    public int Version => options.EngineVersion ?? _known.Values.FirstOrDefault()?.Version ?? 2;

    /// <summary>The secret that a location names.</summary>
    /// <exception cref="SecretStoreException">The name is no path, or no key-value engine is to be seen there.</exception>
    public async Task<VaultPath> FindAsync(string operation, SecretLocation location, CancellationToken cancellationToken)
    {
        RequirePath(operation, location);
        var engine = await EngineAsync(operation, location, Mount ?? location.Name, cancellationToken);
        if (Mount is not null)
        {
            return new(engine, location.Name, location);
        }

        return location.Name.Length > engine.Mount.Length + 1
            ? new(engine, location.Name[(engine.Mount.Length + 1)..], location)
            : throw Fault(operation, location, "the name is that of the engine's mount: add the secret's path.");
    }

    /// <summary>The engines whose names may begin with the prefix.</summary>
    public async Task<IReadOnlyList<VaultEngine>> AllAsync(string operation, string prefix, CancellationToken cancellationToken)
    {
        if (Mount is not null)
        {
            return [await EngineAsync(operation, null, Mount, cancellationToken)];
        }

        var request = new VaultRequest(operation, null, HttpMethod.Get, "sys/internal/ui/mounts");
        using var answer = await api.SendAsync(request, cancellationToken);
        using var document = answer.Status is HttpStatusCode.OK ? VaultWire.Parse(answer.Body) : null;
        var mounts = VaultWire.Of(document).Member("data").Member("secret") ?? throw api.Fail(request, answer);
        return
        [
            .. mounts.EnumerateObject().Select(mount => Engine(mount.Value, mount.Name)).OfType<VaultEngine>()
                .Where(engine => Overlap(engine.Mount + "/", prefix)).OrderBy(engine => engine.Mount, StringComparer.Ordinal),
        ];
    }

    /// <summary>What the server says of a configured version: a sentence where it has another, else null. Never fails for a
    /// refusal.</summary>
    public async Task<string?> ContradictionAsync(string operation, SecretLocation? location, CancellationToken cancellationToken)
    {
        if (options.EngineVersion is not { } configured || Mount is null)
        {
            return null;
        }

        using var answer = await api.SendAsync(Question(operation, location, Mount), cancellationToken);
        using var document = VaultWire.Parse(answer.Body);
        return answer.IsSuccess && VaultWire.Of(document).Member("data") is { } data && Found(data) is { } found && found != configured
            ? $"the engine has version {found}, and `engineVersion: {configured}` is configured."
            : null;
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private static bool Overlap(string mount, string prefix) =>
        mount.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(mount, StringComparison.Ordinal);

    private async Task<VaultEngine> EngineAsync(
        string operation, SecretLocation? location, string path, CancellationToken cancellationToken)
    {
        if (options.EngineVersion is { } version && Mount is not null)
        {
            return new(Mount, version);
        }

        if (Known(path) is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            return Known(path) ?? await AskAsync(operation, location, path, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private VaultEngine? Known(string path) =>
        _known.Values.FirstOrDefault(engine => (path + "/").StartsWith(engine.Mount + "/", StringComparison.Ordinal));

    private async Task<VaultEngine> AskAsync(string operation, SecretLocation? location, string path, CancellationToken cancellationToken)
    {
        var request = Question(operation, location, path);
        using var answer = await api.SendAsync(request, cancellationToken);
        var isUnknown = answer.Status is HttpStatusCode.NotFound && VaultWire.ComplaintOf(answer.Body) is VaultComplaint.None
            && answer.MediaType is "application/json";
        if (isUnknown && Mount is not null)
        {
            return _known[Mount] = new(Mount, 1); // servers older than the question have no versions
        }

        if (answer.Status is HttpStatusCode.Forbidden)
        {
            throw Unseen(request, path);
        }

        using var document = answer.Status is HttpStatusCode.OK ? VaultWire.Parse(answer.Body) : null;
        var data = VaultWire.Of(document).Member("data") ?? throw api.Fail(request, answer);
        var mount = VaultWire.Text(data, "path") ?? throw api.Fail(request, answer);
        var engine = Engine(data, mount)
            ?? throw api.Fault(request, isTransient: false, "what is mounted there is no key-value engine: check `mount` and the name.");
        return _known[engine.Mount] = engine;
    }

    private static VaultRequest Question(string operation, SecretLocation? location, string path) =>
        new(operation, location, HttpMethod.Get, $"sys/internal/ui/mounts/{path}");

    private VaultEngine? Engine(JsonElement mount, string path) =>
        VaultWire.Text(mount, "type") is "kv" or "generic" ? new(path.Trim('/'), options.EngineVersion ?? Found(mount) ?? 1) : null;

    private static int? Found(JsonElement mount) =>
        VaultWire.Text(mount, "type") is "kv" or "generic" ? VaultWire.Member(mount, "options").Text("version") is "2" ? 2 : 1 : null;

    // The answer is the same for a mount that is not there and for one that the token may not see.
    private SecretStoreException Unseen(VaultRequest request, string path)
    {
        var (mount, below) = Mount is not null ? (Mount, request.Location?.Name ?? "*") : Split(path);
        var engine = new VaultEngine(mount, options.EngineVersion ?? 2);
        const string Advice =
            "no engine is to be seen there: the mount does not exist, the token is no longer valid, or the policy allows nothing below it;"
            + " check `mount`, the name's first part and `namespace`.";
        return api.Fault(request, isTransient: false, Advice, VaultPolicy.Stanza(engine.Data(below), request.Capabilities));
    }

    private static (string Mount, string Below) Split(string path) =>
        path.Split('/', 2) is [var mount, { Length: > 0 } below] ? (mount, below) : (path, "*");

    private void RequirePath(string operation, SecretLocation location)
    {
        var parts = location.Name.Split('/');
        if (location.Name.EndsWith('/'))
        {
            throw Fault(operation, location, "the name ends with a slash, so it is a folder's: name a secret in it.");
        }

        if (parts.Any(part => part is "" or "." or "..") || location.Name.Any(char.IsControl))
        {
            throw Fault(operation, location, "the name is no path: it has an empty part, a part of dots alone, or a control character.");
        }
    }

    private SecretStoreException Fault(string operation, SecretLocation location, string advice) =>
        new(api.Store, operation, location, isTransient: false, advice);
}
