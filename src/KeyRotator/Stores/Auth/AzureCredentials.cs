using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using KeyRotator.Configuration;
using KeyRotator.Http;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores.Auth;

/// <summary>Microsoft's default credentials: the environment's service principal, workload identity, managed identity, and on a desk the
/// login of <c>az</c> or <c>azd</c>. Editors' logins are left out: a key's keeper does not act as whoever has one open.</summary>
internal static class AzureCredentials
{
    /// <summary>The credentials of a store. Makes no call.</summary>
    /// <exception cref="ArgumentException">An option is none that Microsoft's library takes.</exception>
    /// <exception cref="InvalidOperationException">The environment names credentials that there are not.</exception>
    public static TokenCredential Find(AzureStoreOptions store)
    {
        var options = new DefaultAzureCredentialOptions
        {
            TenantId = store.Tenant,
            ManagedIdentityClientId = store.ClientId,
            WorkloadIdentityClientId = store.ClientId,
            ExcludeVisualStudioCredential = true,
            ExcludeVisualStudioCodeCredential = true,
            ExcludeAzurePowerShellCredential = true,
            ExcludeBrokerCredential = true,
            Retry = { MaxRetries = 2, NetworkTimeout = StoreClient.Timeout },

            // The certificates of the store are not those of the login.
            Transport = new HttpClientTransport(OutboundHttp.CreateHandler(new TlsFiles(null, null, null))),
        };
        if (store.Tenant is null)
        {
            options.AdditionallyAllowedTenants.Add("*"); // the vault names its own
        }

        if (store.Address is { } vault && AzureCloud.AuthorityOf(vault) is { } authority)
        {
            options.AuthorityHost = authority;
        }

        TokenCredentialDiagnosticsOptions quiet = options.Diagnostics;
        quiet.IsLoggingEnabled =
            quiet.IsTelemetryEnabled = quiet.IsDistributedTracingEnabled = quiet.IsAccountIdentifierLoggingEnabled = false;
        return new DefaultAzureCredential(options);
    }
}
