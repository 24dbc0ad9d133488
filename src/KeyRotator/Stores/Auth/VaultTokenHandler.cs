using System.Net;

namespace KeyRotator.Stores.Auth;

/// <summary>Gives every call its token, the namespace and the header that keeps forged requests out; on 403 tries once with a new
/// token.</summary>
/// <remarks>403 is also what an expired token gets; https://developer.hashicorp.com/vault/api-docs#authentication.</remarks>
internal sealed class VaultTokenHandler(VaultLogins logins, string? space, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string TokenHeader = "X-Vault-Token";

    /// <summary>Marks a call of the root namespace, which needs no token either.</summary>
    public static readonly HttpRequestOptionsKey<bool> OfRoot = new("vault-root");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Options.TryGetValue(OfRoot, out var isOfRoot) && isOfRoot)
        {
            request.Headers.Add("X-Vault-Request", "true");
            return await base.SendAsync(request, cancellationToken);
        }

        var sender = new VaultLoginSender(this, request.RequestUri!);
        var token = await logins.TokenAsync(sender, cancellationToken);
        var response = await SendAsync(request, token, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Forbidden
            || await logins.AfterRefusalAsync(token, sender, cancellationToken) is not { } other)
        {
            return response;
        }

        response.Dispose();
        return await SendAsync(request, other, cancellationToken);
    }

    /// <summary>Sends a call with this token, or with none.</summary>
    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? token, CancellationToken cancellationToken)
    {
        Set(request, "X-Vault-Request", "true");
        Set(request, "X-Vault-Namespace", space);
        Set(request, TokenHeader, token);
        return await base.SendAsync(request, cancellationToken);
    }

    private static void Set(HttpRequestMessage request, string name, string? value)
    {
        request.Headers.Remove(name);
        if (!string.IsNullOrEmpty(value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
