using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>One call of Secret Manager.</summary>
/// <param name="Operation">What is tried, for messages.</param>
/// <param name="Location">The secret, or null where the whole store is meant.</param>
/// <param name="Permission">What the identity needs for it.</param>
/// <param name="Read">Reads an answer of success.</param>
internal sealed record GcpCall<T>(
    string Operation, SecretLocation? Location, GcpPermission Permission, Func<ReadOnlyMemory<byte>, T> Read)
    where T : class
{
    /// <summary>Name of the resource, or null for that of the location's secret.</summary>
    public string? Resource { get; init; }

    /// <summary>What comes behind the resource's name.</summary>
    public string Suffix { get; init; } = "";

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    /// <summary>JSON, or null.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The refusal that is an answer to the question, not a failure; null for none.</summary>
    public string? Absent { get; init; }

    /// <summary>Whether a repeat has the same effect: reads, and changes under a condition that the first one ends.</summary>
    public bool IsRepeatable { get; init; } = true;
}

/// <summary>Sends the calls of one project, or one location of it, and reads the answers.</summary>
internal sealed partial class GcpSender
{
    private readonly string _store;
    private readonly string _base;
    private readonly StoreClient _client;

    /// <param name="store">Name of the configured store.</param>
    /// <param name="options">Its options.</param>
    /// <param name="client">What sends, with access tokens.</param>
    public GcpSender(string store, GcpStoreOptions options, StoreClient client)
    {
        var project = $"projects/{Uri.EscapeDataString(options.Project)}";

        // Not confirmed against Google: the host of regional secrets. `endpoint` overrides it.
        var host = options.Region is null ? "secretmanager.googleapis.com" : $"secretmanager.{options.Region}.rep.googleapis.com";
        (_store, _client) = (store, client);
        _base = (options.Address?.AbsoluteUri ?? $"https://{host}").TrimEnd('/');
        IsRegional = options.Region is not null;
        Parent = IsRegional ? $"{project}/locations/{Uri.EscapeDataString(options.Region!)}" : project;
    }

    /// <summary>Whether secrets live in one location, by its own endpoint.</summary>
    public bool IsRegional { get; }

    /// <summary>Counts what is sent.</summary>
    public StoreMeter Meter => _client.Meter;

    /// <summary>What secrets are under: a project, or a location of one.</summary>
    public string Parent { get; }

    /// <summary>The options of a store of kind gcp.</summary>
    /// <exception cref="ArgumentException">The settings are those of another kind.</exception>
    public static GcpStoreOptions OptionsOf(StoreSettings settings) => settings.Options as GcpStoreOptions
        ?? throw new ArgumentException($"Store {settings.Name} needs the options of kind gcp.", nameof(settings));

    /// <summary>Whether a secret may have this name.</summary>
    public static bool IsName(string text) => NamePattern().IsMatch(text);

    /// <summary>The location's name, checked: nothing else reaches a URL.</summary>
    /// <exception cref="SecretStoreException">No secret can have it.</exception>
    public string NameOf(SecretLocation location, string operation) => IsName(location.Name)
        ? location.Name
        : throw new SecretStoreException(_store, operation, location, isTransient: false,
            "names have 1 to 255 letters, digits, hyphens and underscores; project and location are the store's, not the name's.");

    /// <summary>Sends a call; null where the answer is the refusal that it expects.</summary>
    /// <exception cref="StoreUnreachableException">No whole answer came.</exception>
    /// <exception cref="SecretStoreException">It was refused, or the answer has another shape.</exception>
    public async Task<T?> AskAsync<T>(GcpCall<T> call, CancellationToken cancellationToken)
        where T : class
    {
        var resource = call.Resource ?? $"{Parent}/secrets/{NameOf(call.Location!, call.Operation)}";
        var sent = new StoreCall(call.Operation, call.Location, () => RequestOf(call, resource))
        {
            Kind = call.Permission.Kind,
            IsRepeatable = call.IsRepeatable,
        };
        using var answer = await _client.SendAsync(sent, cancellationToken);
        if (!answer.IsSuccess)
        {
            return call.Absent is not null && GcpFaults.StatusOf(answer) == call.Absent
                ? null
                : throw GcpFaults.Of(_client, sent, answer, call.Permission, resource);
        }

        try
        {
            return call.Read(answer.Body);
        }
        catch (Exception fault) when (fault is JsonException or FormatException or KeyNotFoundException or InvalidOperationException
            or OverflowException or ArgumentException)
        {
            // Not kept as the inner exception: its message may quote the answer.
            throw GcpFaults.Shape(_client, sent);
        }
    }

    private HttpRequestMessage RequestOf<T>(GcpCall<T> call, string resource)
        where T : class
    {
        var request = new HttpRequestMessage(call.Method, $"{_base}/v1/{resource}{call.Suffix}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(call.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return request;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,255}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
