namespace KeyRotator.Stores.Auth;

/// <summary>Follows a standby's redirect to a host that is configured, and to no other: the token goes along.</summary>
/// <remarks>307 and 308 repeat the call as it was; https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection. Other
/// redirects are left to the sender, which refuses them.</remarks>
internal sealed class VaultRedirectHandler(VaultAddress address, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int MostHops = 2;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var hop = 0; ; hop++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if ((int)response.StatusCode is not (307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            var target = new Uri(request.RequestUri!, location);
            if (hop == MostHops || !address.Allows(target))
            {
                throw address.Astray();
            }

            request.RequestUri = target;
        }
    }
}
