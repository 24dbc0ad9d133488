using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using KeyRotator.Keys;

namespace KeyRotator.Stores.Remote;

/// <summary>One call of a store's API.</summary>
/// <param name="Operation">What is tried, for messages: <c>read</c>, <c>write</c>, <c>list</c>.</param>
/// <param name="Location">Where, or null where the whole store is meant.</param>
/// <param name="Request">Makes the request, anew for each attempt.</param>
internal sealed record StoreCall(string Operation, SecretLocation? Location, Func<HttpRequestMessage> Request)
{
    /// <summary>As what it is counted.</summary>
    public required StoreRequestKind Kind { get; init; }

    /// <summary>Whether a repeat has the same effect as the call alone: reads, and writes with an idempotency token. Others are sent again
    /// only where it is certain that the server did nothing.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether an answer asks for fewer calls by other means than status 429, having done nothing; null: none does.</summary>
    public Func<StoreAnswer, bool>? IsThrottled { get; init; }
}

/// <summary>A store's answer, read whole. Its body may hold secrets: dispose it, which clears it.</summary>
internal sealed class StoreAnswer(HttpStatusCode status, HttpResponseHeaders headers, string? mediaType, byte[] body) : IDisposable
{
    /// <summary>The status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The headers.</summary>
    public HttpResponseHeaders Headers { get; } = headers;

    /// <summary>The body's media type without parameters, in lower case, or null.</summary>
    public string? MediaType { get; } = mediaType;

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body => body;

    /// <summary>Whether the status is one of success.</summary>
    public bool IsSuccess => (int)Status is >= 200 and <= 299;

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(body);
}
