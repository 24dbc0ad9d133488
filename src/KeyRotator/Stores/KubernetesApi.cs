using System.Net;
using System.Net.Http.Headers;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>One call of the API server.</summary>
/// <param name="Verb">RBAC's verb, such as <c>get</c>.</param>
/// <param name="Operation">What is tried, for messages.</param>
/// <param name="Method">HTTP's method.</param>
/// <param name="Path">Path and query below the server's address.</param>
internal sealed record KubernetesCall(string Verb, string Operation, HttpMethod Method, string Path)
{
    /// <summary>Where, or null where the whole store is meant.</summary>
    public SecretLocation? Location { get; init; }

    /// <summary>Namespace, for what is said of a missing right.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Asks for the metadata of the object, or of the list's objects, in place of the whole.</summary>
    public string? MetadataAs { get; init; }

    /// <summary>What is sent, or null.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Whether the body is a merge patch.</summary>
    public bool IsPatch { get; init; }
}

/// <summary>Namespace and name of a Secret.</summary>
internal readonly record struct KubernetesTarget(string Namespace, string Name)
{
    /// <summary>Its path, or where the name is empty the path of all Secrets.</summary>
    public string Path => $"/api/v1/namespaces/{Namespace}/secrets{(Name.Length == 0 ? "" : $"/{Name}")}";
}

/// <summary>Sends calls to the API server as the identity that the configuration names.</summary>
internal sealed class KubernetesApi : IDisposable
{
    private readonly StoreSettings _settings;
    private readonly KubernetesAccess _access;
    private readonly StoreClient _client;

    /// <param name="settings">The store.</param>
    /// <param name="time">The clock.</param>
    /// <param name="access">Where the server is and who asks.</param>
    public KubernetesApi(StoreSettings settings, TimeProvider time, KubernetesAccess access)
    {
        (_settings, Time, _access) = (settings, time, access);
        _client = new(settings, time, handler =>
        {
            access.Secure(((SocketsHttpHandler)handler).SslOptions);
            return handler;
        });
    }

    /// <summary>Counts what is sent.</summary>
    public StoreMeter Meter => _client.Meter;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The server and the identity as they are now.</summary>
    /// <exception cref="SecretStoreException">There is none.</exception>
    public KubernetesConnection Open(string operation, SecretLocation? location)
    {
        try
        {
            return _access.Open();
        }
        catch (InvalidDataException fault)
        {
            throw new SecretStoreException(_settings.Name, operation, location, isTransient: false, fault.Message);
        }
    }

    /// <summary>Sends a call. Every one may be repeated: reads change nothing, a write names the version that it replaces, or makes what
    /// may be made once.</summary>
    /// <exception cref="StoreUnreachableException">No whole answer came.</exception>
    /// <exception cref="SecretStoreException">There is no identity, or the answer cannot be taken.</exception>
    public async Task<StoreAnswer> SendAsync(KubernetesCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connection = Open(call.Operation, call.Location);
        var sent = new StoreCall(call.Operation, call.Location, () => Request(call, connection))
        {
            Kind = KindOf(call.Verb),
            IsRepeatable = true,
        };
        var answer = await _client.SendAsync(sent, cancellationToken);
        if (answer.Status == HttpStatusCode.Unauthorized)
        {
            _access.Forget();
        }

        return answer;
    }

    /// <summary>What an answer of success holds.</summary>
    /// <exception cref="SecretStoreException">It has another shape, or is none of success.</exception>
    public T Take<T>(KubernetesCall call, StoreAnswer answer, Func<ReadOnlyMemory<byte>, T?> parse)
        where T : class
    {
        if (!answer.IsSuccess)
        {
            throw Failure(call, answer);
        }

        try
        {
            return parse(answer.Body) ?? throw WrongShape(call);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8. The message would quote them.
            throw WrongShape(call);
        }
    }

    /// <summary>What an answer that is none of success means.</summary>
    public SecretStoreException Failure(KubernetesCall call, StoreAnswer answer) =>
        KubernetesFailures.Of(_settings.Name, call, answer, Time.GetUtcNow());

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private static StoreRequestKind KindOf(string verb) => verb switch
    {
        "get" => StoreRequestKind.Read,
        "list" => StoreRequestKind.List,
        _ => StoreRequestKind.Write,
    };

    private SecretStoreException WrongShape(KubernetesCall call) =>
        new(_settings.Name, call.Operation, call.Location, isTransient: false,
            "the answer is not what an API server answers: does the address lead to one, and not to a login page or a proxy?");

    private static HttpRequestMessage Request(KubernetesCall call, KubernetesConnection connection)
    {
        var request = new HttpRequestMessage(call.Method, connection.Server + call.Path);
        var accepted = call.MetadataAs is { } kind ? $"application/json;as={kind};g=meta.k8s.io;v=v1" : "application/json";
        request.Headers.TryAddWithoutValidation("Accept", accepted);
        connection.Authorise(request);
        if (call.Body is not null)
        {
            var type = call.IsPatch ? "application/merge-patch+json" : "application/json";
            request.Content = new ByteArrayContent(call.Body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        }

        return request;
    }
}
