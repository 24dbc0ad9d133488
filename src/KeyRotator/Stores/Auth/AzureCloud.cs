using Azure.Identity;

namespace KeyRotator.Stores.Auth;

/// <summary>Which of Microsoft's clouds a vault is in, by its address.</summary>
/// <remarks>Source: "About keys, secrets and certificates", DNS suffixes for object identifiers; Azure.Identity,
/// AzureAuthorityHosts.</remarks>
internal static class AzureCloud
{
    private const string Public = "vault.azure.net";
    private const string China = "vault.azure.cn";
    private const string Government = "vault.usgovcloudapi.net";

    /// <summary>Where tokens for it come from, or null for the usual place.</summary>
    public static Uri? AuthorityOf(Uri vault) => SuffixOf(vault) switch
    {
        China => AzureAuthorityHosts.AzureChina,
        Government => AzureAuthorityHosts.AzureGovernment,
        _ => null,
    };

    /// <summary>The scope of its tokens, as its own challenge names it.</summary>
    public static string ScopeOf(Uri vault) => $"https://{SuffixOf(vault)}/.default";

    private static string SuffixOf(Uri vault) => vault.Host[(vault.Host.IndexOf('.', StringComparison.Ordinal) + 1)..] switch
    {
        China => China,
        Government => Government,
        _ => Public,
    };
}
