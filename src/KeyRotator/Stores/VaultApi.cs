using System.Net;
using System.Net.Http.Headers;
using KeyRotator.Configuration;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Sends the calls of one Vault or OpenBao, and says what its refusals mean.</summary>
/// <remarks>Statuses: https://developer.hashicorp.com/vault/api-docs#http-status-codes. A 400 is also what a failed condition is.</remarks>
internal sealed class VaultApi : IDisposable
{
    private readonly StoreClient _client;
    private readonly VaultLogins _logins;
    private readonly VaultAddress _address;

    public VaultApi(StoreSettings settings, VaultStoreOptions options, TimeProvider time, Func<string, string?> environment)
    {
        Store = settings.Name;
        _address = new(settings.Name, options, environment);
        _logins = new(settings.Name, options, time, environment);
        var space = options.Namespace ?? environment("VAULT_NAMESPACE") ?? environment("BAO_NAMESPACE");
        _client = new(settings, time, inner => new VaultTokenHandler(_logins, space, new VaultRedirectHandler(_address, inner)));
    }

    /// <summary>The configured store's name.</summary>
    public string Store { get; }

    /// <summary>Counts what is sent.</summary>
    public StoreMeter Meter => _client.Meter;

    /// <summary>Sends a call; gives its answer, whatever the status.</summary>
    /// <exception cref="StoreUnreachableException">No whole answer came.</exception>
    /// <exception cref="SecretStoreException">No address, no token, or a redirect to a host that is not configured.</exception>
    public Task<StoreAnswer> SendAsync(VaultRequest request, CancellationToken cancellationToken) =>
        _client.SendAsync(
            new StoreCall(request.Operation, request.Location, () => Message(request))
            {
                Kind = KindOf(request),
                IsRepeatable = request.IsRepeatable,
            },
            cancellationToken);

    /// <summary>Sends a call whose answer is one of success, with or without content.</summary>
    /// <exception cref="SecretStoreException">It is none.</exception>
    public async Task DoAsync(VaultRequest request, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(request, cancellationToken);
        RequireDone(request, answer);
    }

    /// <summary>Refuses an answer that does not say that it was done: no content, or Vault's own with warnings.</summary>
    public void RequireDone(VaultRequest request, StoreAnswer answer)
    {
        if (answer.Status is not HttpStatusCode.NoContent && !(answer.Status is HttpStatusCode.OK && VaultWire.IsOwn(answer.Body)))
        {
            throw Fail(request, answer);
        }
    }

    /// <summary>The failure that an answer stands for.</summary>
    public SecretStoreException Fail(VaultRequest request, StoreAnswer answer)
    {
        var complaint = VaultWire.ComplaintOf(answer.Body);
        var isTransient = (int)answer.Status is 412 or 429 or 472 or 473 or >= 500 || complaint is VaultComplaint.Upgrading;
        var permission = answer.Status is HttpStatusCode.Forbidden ? VaultPolicy.Stanza(request) : null;
        return Fault(request, isTransient, Advice(answer.Status, complaint), permission);
    }

    /// <summary>A failure in words of ours.</summary>
    public SecretStoreException Fault(VaultRequest request, bool isTransient, string advice, string? permission = null) =>
        new(Store, request.Operation, request.Location, isTransient, advice) { MissingPermission = permission };

    /// <inheritdoc />
    public void Dispose()
    {
        _client.Dispose();
        _logins.Dispose();
    }

    // What is asked of the server about itself, or about the token, is sent by POST too.
    private static StoreRequestKind KindOf(VaultRequest request) => request switch
    {
        { Query: "?list=true" } => StoreRequestKind.List,
        _ when request.Method == HttpMethod.Get || request.Path.StartsWith("sys/", StringComparison.Ordinal) => StoreRequestKind.Read,
        _ => StoreRequestKind.Write,
    };

    private static string Advice(HttpStatusCode status, VaultComplaint complaint) => ((int)status, complaint) switch
    {
        (_, VaultComplaint.Upgrading) => "the engine is being upgraded to version 2; it answers again in a short while.",
        (_, VaultComplaint.NoRoute) => "nothing is mounted there: check `mount`, the name's first part and `namespace`.",
        (_, VaultComplaint.VersionedEngine) => "the engine has version 2, and `engineVersion: 1` is configured.",
        (_, VaultComplaint.Sealed) => "the server is sealed; it answers when it is unsealed.",
        (400, _) => "the server refuses the request as malformed: check the name.",
        (403, _) => "permission denied: the token is no longer valid, the policy lacks the path, or `namespace` is another.",
        (404, _) => "there is nothing: check the name, `mount` and `namespace`.",
        (405, _) => "the engine does not know the operation: check `mount` and `engineVersion`.",
        (412, _) => "the server has not seen its latest state yet.",
        (413, _) => "the secret is larger than the server takes.",
        (429, _) => "the server's request quota is used up.",
        (472 or 473, _) => "it is a standby that does not answer: give the active server's address.",
        (503, _) => "the server is sealed, in maintenance or overloaded (503).",
        ( >= 500, _) => $"the server failed ({(int)status}).",
        ( >= 200 and <= 299, _) => "what came is no answer of Vault's: check `address`, and what stands between.",
        _ => $"the server answered {(int)status}.",
    };

    private HttpRequestMessage Message(VaultRequest request)
    {
        var message = new HttpRequestMessage(request.Method, _address.Of(request.Path, request.Query));
        if (request.IsOfRoot)
        {
            message.Options.Set(VaultTokenHandler.OfRoot, true);
        }

        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            var type = request.Method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json";
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        return message;
    }
}
