using Amazon;
using KeyRotator.Configuration;

namespace KeyRotator.Stores.Auth;

/// <summary>Finds a service's endpoint: the option, then the environment's word, then the vendor's rule.</summary>
/// <remarks>Source: the AWS SDKs and Tools Reference Guide, "Service-specific endpoints", and the services' endpoint rule sets.</remarks>
/// <param name="options">The store's options.</param>
/// <param name="environment">Reads an environment variable.</param>
internal sealed class AwsEndpoints(AwsStoreOptions options, Func<string, string?> environment)
{
    /// <summary>Secrets Manager's endpoint in a region.</summary>
    /// <exception cref="AwsAccessException">The environment's address is none, or plain http to another host.</exception>
    public Uri SecretsManager(RegionEndpoint region) =>
        options.Address ?? Configured("AWS_ENDPOINT_URL_SECRETS_MANAGER") ?? Of("secretsmanager", region);

    /// <summary>The Security Token Service's address that the environment gives in place of the vendor's own; null where it gives
    /// none.</summary>
    /// <exception cref="AwsAccessException">The address is none, or plain http to another host.</exception>
    public Uri? ConfiguredTokens() => Configured("AWS_ENDPOINT_URL_STS");

    /// <summary>Whether FIPS endpoints are meant.</summary>
    public bool IsFips => options.Fips || IsSet("AWS_USE_FIPS_ENDPOINT");

    private Uri Of(string service, RegionEndpoint region) =>
        new($"https://{service}{(IsFips ? "-fips" : "")}.{region.SystemName}.{region.PartitionDnsSuffix}");

    private Uri? Configured(string variable)
    {
        if (IsSet("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))
        {
            return null;
        }

        var name = string.IsNullOrEmpty(environment(variable)) ? "AWS_ENDPOINT_URL" : variable;
        if (environment(name) is not { Length: > 0 } text)
        {
            return null;
        }

        return WebAddress.Read(text) is { } address && !WebAddress.IsExposed(address) && !WebAddress.IsLinkLocal(address)
            ? address
            : throw new AwsAccessException(
                $"the environment's {name} is no https address of a server, without user info; plain http is taken to loopback only, "
                + "elsewhere set `endpoint` with `allowInsecure: true`.",
                isTransient: false);
    }

    private bool IsSet(string variable) => string.Equals(environment(variable), "true", StringComparison.OrdinalIgnoreCase);
}
