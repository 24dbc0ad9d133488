using Amazon;
using Amazon.Runtime;

namespace KeyRotator.Stores.Auth;

/// <summary>Where calls go, and who signs them.</summary>
/// <param name="region">The region that calls are signed for.</param>
/// <param name="endpoint">Where they are sent.</param>
/// <param name="credentials">The identity; renews itself where it expires.</param>
internal sealed class AwsConnection(RegionEndpoint region, Uri endpoint, AWSCredentials credentials)
{
    /// <summary>The region that calls are signed for.</summary>
    public RegionEndpoint Region { get; } = region;

    /// <summary>Where they are sent.</summary>
    public Uri Endpoint { get; } = endpoint;

    /// <summary>The identity; renews itself where it expires.</summary>
    public AWSCredentials Credentials { get; } = credentials;
}
