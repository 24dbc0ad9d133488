using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Sends what Microsoft's client builds by the rules of every store: bounded, repeated where that is safe, no redirect followed,
/// and to the vault alone.</summary>
/// <remarks>The client would follow a listing's link to any host, with its token; and it takes any JSON object for an answer.</remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="vault">The vault's address.</param>
/// <param name="client">What sends.</param>
internal sealed class AzureKeyVaultTransport(string store, Uri vault, StoreClient client) : HttpMessageHandler
{
    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = AddressOf(request);
        var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            var call = new StoreCall("call", null, () => Copy(request, address, body))
            {
                Kind = KindOf(request.Method, address),
                IsRepeatable = request.Method != HttpMethod.Put,
            };
            using var answer = await client.SendAsync(call, cancellationToken);
            return answer.IsSuccess && !IsOfKeyVault(answer.Body) && !IsPurge(request, answer)
                ? throw AzureFaults.Shape(store, call.Operation, null)
                : Copy(answer);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            client.Dispose();
        }

        base.Dispose(disposing);
    }

    // The client puts tokens on https only; an address in plain http was allowed by the configuration.
    private Uri AddressOf(HttpRequestMessage request) =>
        request.RequestUri is { } asked && asked.Host == vault.Host && asked.Port == vault.Port
            ? new UriBuilder(asked) { Scheme = vault.Scheme }.Uri
            : throw new SecretStoreException(store, "list", null, isTransient: false,
                "its listing goes on at another host, where no token is sent: check what stands between.");

    private static StoreRequestKind KindOf(HttpMethod method, Uri address) =>
        method != HttpMethod.Get ? StoreRequestKind.Write
            : address.AbsolutePath.EndsWith("secrets", StringComparison.Ordinal)
                || address.AbsolutePath.EndsWith("/versions", StringComparison.Ordinal)
                ? StoreRequestKind.List
                : StoreRequestKind.Read;

    // The only call that is answered with nothing.
    private static bool IsPurge(HttpRequestMessage request, StoreAnswer answer) =>
        answer.Status == HttpStatusCode.NoContent && request.Method == HttpMethod.Delete
        && request.RequestUri!.AbsolutePath.StartsWith("/deletedsecrets/", StringComparison.Ordinal);

    // A secret has an id, a listing a list; both are objects.
    private static bool IsOfKeyVault(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind is JsonValueKind.Object
                && ((root.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String)
                    || (root.TryGetProperty("value", out var list) && list.ValueKind is JsonValueKind.Array));
        }
        catch (JsonException)
        {
            return false; // a page, or nothing
        }
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, Uri address, byte[]? body)
    {
        var copy = new HttpRequestMessage(request.Method, address);
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        if (body is not null)
        {
            copy.Content = new ByteArrayContent(body);
            copy.Content.Headers.ContentType = request.Content!.Headers.ContentType;
        }

        return copy;
    }

    private static HttpResponseMessage Copy(StoreAnswer answer)
    {
        var copy = new HttpResponseMessage(answer.Status) { Content = new ClearedContent(answer.Body.ToArray()) };
        foreach (var (name, values) in answer.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        return copy;
    }

    // The client reads a stream in memory where it stands, without a copy of its own; who disposes the stream clears it.
    private sealed class ClearedContent(byte[] bytes) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new ClearedStream(bytes));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length) => (length = bytes.Length) >= 0;
    }

    private sealed class ClearedStream(byte[] bytes) : MemoryStream(bytes, 0, bytes.Length, writable: false, publiclyVisible: true)
    {
        protected override void Dispose(bool disposing)
        {
            CryptographicOperations.ZeroMemory(GetBuffer());
            base.Dispose(disposing);
        }
    }
}
