using System.Net;
using System.Net.Http.Headers;

namespace KeyRotator.Stores.Auth;

/// <summary>Puts an access token on each request; one that is refused with 401 is sent once more with a new token.</summary>
/// <param name="tokens">Where they come from, asked at the first request and not before.</param>
/// <param name="inner">What sends.</param>
internal sealed class GcpTokenHandler(IGcpTokenSource tokens, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await tokens.TokenAsync(refused: null, cancellationToken);
        var response = await SendAsync(request, token, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Unauthorized)
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, await tokens.TokenAsync(token.Text, cancellationToken), cancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, GcpToken token, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
        request.Headers.Remove("x-goog-user-project");
        if (token.QuotaProject is { } project)
        {
            request.Headers.TryAddWithoutValidation("x-goog-user-project", project);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
