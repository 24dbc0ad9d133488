namespace KeyRotator.Stores.Auth;

/// <summary>Where access tokens of Google come from.</summary>
internal interface IGcpTokenSource
{
    /// <summary>An access token for the scope <c>cloud-platform</c>.</summary>
    /// <param name="refused">The token that was refused just now and must not be given again; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SecretStoreException">No token is to be had.</exception>
    Task<GcpToken> TokenAsync(string? refused, CancellationToken cancellationToken);
}

/// <summary>An access token.</summary>
/// <param name="Text">What the header carries.</param>
/// <param name="Identity">Whose it is, for people: no secret.</param>
/// <param name="QuotaProject">Project that is billed for the calls, or null for the resource's own.</param>
internal sealed record GcpToken(string Text, string Identity, string? QuotaProject = null)
{
    /// <inheritdoc />
    public override string ToString() => Identity;
}
