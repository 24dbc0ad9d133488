using System.Security.Cryptography;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace KeyRotator.Stores.Auth;

/// <summary>Google's application default credentials: a file that <c>GOOGLE_APPLICATION_CREDENTIALS</c> names (service account, or external
/// account for workload identity federation), the file that <c>gcloud auth application-default login</c> writes, or the metadata
/// server.</summary>
/// <remarks>They are looked for at the first call. Google's library caches tokens and renews them before they end.</remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="impersonate">Service account to act as, or null.</param>
internal sealed class GcpCredentials(string store, string? impersonate) : IGcpTokenSource
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly Lock _lock = new();
    private Task<GoogleCredential>? _credential;
    private string? _identity;

    /// <inheritdoc />
    public async Task<GcpToken> TokenAsync(string? refused, CancellationToken cancellationToken)
    {
        try
        {
            var credential = await CredentialAsync().WaitAsync(cancellationToken);
            var token = await ((ITokenAccess)credential).GetAccessTokenForRequestAsync(null, cancellationToken);
            if (token == refused)
            {
                credential = await RenewedAsync(credential, cancellationToken);
                token = await ((ITokenAccess)credential).GetAccessTokenForRequestAsync(null, cancellationToken);
            }

            return new(token, _identity ??= await IdentityAsync(credential, cancellationToken), credential.QuotaProject);
        }
        catch (TokenResponseException refusal)
        {
            throw Refused(refusal.Error?.Error);
        }
        catch (HttpRequestException)
        {
            throw Failure(isTransient: true, "Google's token server or the metadata server cannot be reached.");
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException or UnauthorizedAccessException
            or FormatException or ArgumentException or CryptographicException)
        {
            // Not kept as the inner exception: its message may quote the file.
            throw Failure(isTransient: false, "no usable application default credentials: set GOOGLE_APPLICATION_CREDENTIALS to a readable "
                + "credentials file, run `gcloud auth application-default login`, or run where a metadata server is.");
        }
    }

    private Task<GoogleCredential> CredentialAsync()
    {
        lock (_lock)
        {
            return _credential is { IsFaulted: false, IsCanceled: false } known ? known : _credential = FindAsync();
        }
    }

    // Not cancelled with the call that asked first: others wait for it too.
    private async Task<GoogleCredential> FindAsync()
    {
        var found = await GoogleCredential.GetApplicationDefaultAsync(CancellationToken.None);
        var scoped = found.CreateScoped(Scope);
        return impersonate is null
            ? scoped
            : scoped.Impersonate(new ImpersonatedCredential.Initializer(impersonate) { Scopes = [Scope] });
    }

    private async Task<GoogleCredential> RenewedAsync(GoogleCredential old, CancellationToken cancellationToken)
    {
        if (old.UnderlyingCredential is UserCredential user)
        {
            await user.RefreshTokenAsync(cancellationToken);
            return old;
        }

        lock (_lock)
        {
            _credential = null; // what is scoped anew holds no token yet
        }

        return await CredentialAsync().WaitAsync(cancellationToken);
    }

    private async Task<string> IdentityAsync(GoogleCredential credential, CancellationToken cancellationToken) =>
        credential.UnderlyingCredential switch
        {
            _ when impersonate is not null => $"service account {impersonate}, impersonated",
            ServiceAccountCredential account => $"service account {account.Id}",
            ComputeCredential compute =>
                $"service account {await compute.GetDefaultServiceAccountEmailAsync(cancellationToken)} of the metadata server",
            ExternalAccountCredential => "an external account (workload identity federation)",
            UserCredential => "a user's credentials that gcloud wrote",
            _ => "application default credentials",
        };

    private SecretStoreException Refused(string? error) => error switch
    {
        "invalid_grant" => Failure(isTransient: false,
            "Google's token server refuses the credentials: they are revoked or expired, or this machine's clock is wrong."),
        "temporarily_unavailable" or "internal_failure" or null => Failure(isTransient: true, "Google's token server gives no token now."),
        _ => Failure(isTransient: false, impersonate is null
            ? "Google's token server refuses the credentials."
            : $"no token for {impersonate}: it needs roles/iam.serviceAccountTokenCreator for the identity that impersonates it."),
    };

    private SecretStoreException Failure(bool isTransient, string advice) => new(store, "log in", null, isTransient, advice);
}
