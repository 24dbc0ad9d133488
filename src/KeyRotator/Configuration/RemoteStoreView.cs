using System.Text.Json.Nodes;

namespace KeyRotator.Configuration;

/// <summary>Shows what a remote store's kind was given, as a configuration file says it.</summary>
internal static class RemoteStoreView
{
    /// <summary>The members of a store's options; null for what was not given. None for kinds that are not remote.</summary>
    public static JsonObject Describe(StoreOptions? options) => options switch
    {
        AwsStoreOptions aws => Connected(aws, "endpoint", Aws(aws)),
        _ => [],
    };

    private static JsonObject Aws(AwsStoreOptions aws) => new()
    {
        ["region"] = aws.Region,
        ["profile"] = aws.Profile,
        ["roleArn"] = aws.RoleArn,
        ["externalId"] = aws.ExternalId,
        ["fips"] = aws.Fips ? true : null,
    };

    private static JsonObject Connected(StoreOptions options, string address, JsonObject shown)
    {
        shown[address] = options.Address?.OriginalString;
        shown["ca"] = options.AuthorityFile;
        shown["clientCertificate"] = options.CertificateFile;
        shown["clientKey"] = options.CertificateKeyFile;
        shown["allowInsecure"] = options.Address is { Scheme: "http", IsLoopback: false } ? true : null;
        return shown;
    }
}
