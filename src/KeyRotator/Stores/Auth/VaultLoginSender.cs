using System.Net.Http.Headers;
using KeyRotator.Http;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores.Auth;

/// <summary>Sends the calls of a login beside the call that needs the token, by the same way.</summary>
/// <param name="handler">The way.</param>
/// <param name="call">The URL of the call that needs the token.</param>
internal sealed class VaultLoginSender(VaultTokenHandler handler, Uri call)
{
    private const int MaxBody = 64 * 1024;

    /// <summary>Sends one call below <c>/v1/auth/</c>. The body, if any, is JSON that its maker clears.</summary>
    public async Task<StoreAnswer> SendAsync(
        HttpMethod method, string path, byte[]? body, string? token, CancellationToken cancellationToken)
    {
        var whole = call.AbsoluteUri;
        var root = whole[..whole.IndexOf("/v1/", StringComparison.Ordinal)];
        using var request = new HttpRequestMessage(method, $"{root}/v1/auth/{path}");
        request.Headers.TryAddWithoutValidation("User-Agent", OutboundHttp.UserAgent);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await handler.SendAsync(request, token, cancellationToken);
        using var held = new SecretBuffer();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        while (held.Length < MaxBody && await stream.ReadAsync(held.Free(), cancellationToken) is var read and > 0)
        {
            held.Advance(read);
        }

        return new StoreAnswer(response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, held.ToArray());
    }
}
