using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace KeyRotator.Stores.Auth;

/// <summary>An assumed role's credentials, renewed five minutes before they expire.</summary>
/// <remarks>The SDK's own class of this kind always asks in the environment's region, which is wrong for a store in another
/// partition.</remarks>
internal sealed class AwsRoleCredentials : RefreshingAWSCredentials
{
    private const string SessionName = "keyrotator";

    private readonly AmazonSecurityTokenServiceClient _tokens;
    private readonly string _role;
    private readonly string? _externalId;

    /// <param name="tokens">Asks for them, signed by who assumes the role.</param>
    /// <param name="role">The role's ARN.</param>
    /// <param name="externalId">The external id that the role asks for, or null.</param>
    public AwsRoleCredentials(AmazonSecurityTokenServiceClient tokens, string role, string? externalId)
    {
        (_tokens, _role, _externalId) = (tokens, role, externalId);
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    /// <inheritdoc />
    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var request = new AssumeRoleRequest { RoleArn = _role, RoleSessionName = SessionName, ExternalId = _externalId };
        var keys = (await _tokens.AssumeRoleAsync(request)).Credentials;
        var expiration = keys.Expiration ?? throw new AmazonClientException("The role's credentials have no expiry.");
        return new(new(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken), expiration.ToUniversalTime());
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _tokens.Dispose();
        }

        base.Dispose(disposing);
    }
}
