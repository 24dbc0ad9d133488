using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>The calls of Key Vault, by Microsoft's client. Absence comes as null; refusals are thrown as
/// <see cref="SecretStoreException"/>.</summary>
/// <remarks>Source: Azure Key Vault REST reference, secrets, version 7.4: the oldest that has all of it, since sovereign clouds get new
/// ones late.</remarks>
internal sealed partial class AzureKeyVaultApi
{
    private readonly string _store;
    private readonly AzureFaults _faults;
    private readonly Lazy<SecretClient> _client;

    /// <param name="settings">The store, of kind azure.</param>
    /// <param name="time">The clock.</param>
    /// <param name="login">Where access tokens come from.</param>
    public AzureKeyVaultApi(StoreSettings settings, TimeProvider time, TokenCredential login)
    {
        Vault = settings.Options?.Address ?? throw new ArgumentException($"Store {settings.Name} names no vault.", nameof(settings));
        (_store, _faults) = (settings.Name, new AzureFaults(settings.Name, Vault));
        _client = new(
            () => Connect(Vault, new AzureKeyVaultTransport(_store, Vault, new StoreClient(settings, time) { Meter = Meter }), login));
    }

    /// <summary>Counts the requests.</summary>
    public StoreMeter Meter { get; } = new();

    /// <summary>The vault's address.</summary>
    public Uri Vault { get; }

    /// <summary>Whether a secret may have this name.</summary>
    public static bool IsName(string text) => NamePattern().IsMatch(text);

    /// <summary>A version with its value: the newest one, or a given one; null where there is none, also where the secret is
    /// deleted.</summary>
    /// <exception cref="AzureDisabledException">The version is disabled.</exception>
    public Task<AzureSecret?> FindAsync(SecretLocation location, string? version, string operation, CancellationToken cancellationToken)
    {
        var call = new AzureCall(operation, location, AzurePermission.Get);
        return AskOrNullAsync(call, async client =>
        {
            var answer = await client.GetSecretAsync(NameOf(call), version, cancellationToken);
            await using var body = answer.GetRawResponse().ContentStream; // cleared when it is disposed
            var secret = answer.Value;
            return secret.Value is null ? throw Shape(call) : new AzureSecret(Of(call, secret.Properties), new SecretValue(secret.Value));
        }, cancellationToken);
    }

    /// <summary>All versions in no order, also disabled ones; none where the secret is not there.</summary>
    public async Task<IReadOnlyList<AzureVersion>> VersionsAsync(
        SecretLocation location, string operation, CancellationToken cancellationToken)
    {
        var call = new AzureCall(operation, location, AzurePermission.List);
        return await AskOrNullAsync(call, async client =>
        {
            List<AzureVersion> versions = [];
            await foreach (var version in client.GetPropertiesOfSecretVersionsAsync(NameOf(call), cancellationToken))
            {
                versions.Add(Of(call, version));
            }

            return versions;
        }, cancellationToken) ?? [];
    }

    /// <summary>Adds a version with its tags in one call. Nothing makes a repeat of it one version.</summary>
    public Task<AzureVersion> SetAsync(SecretLocation location, AzureSecret secret, CancellationToken cancellationToken)
    {
        var call = new AzureCall("write", location, AzurePermission.Set);
        var (name, told) = (NameOf(call), secret.Version);
        var wanted = new KeyVaultSecret(name, secret.Value.Reveal())
        {
            Properties = { ContentType = told.ContentType, NotBefore = told.NotBefore, ExpiresOn = told.ExpiresAt },
        };
        told.Tags.ToList().ForEach(tag => wanted.Properties.Tags.Add(tag));
        return AskAsync(call, async client =>
        {
            var answer = await client.SetSecretAsync(wanted, cancellationToken);
            await using var body = answer.GetRawResponse().ContentStream; // it repeats the value
            return Of(call, answer.Value.Properties);
        }, cancellationToken);
    }

    /// <summary>Replaces a version's tags as a whole; the version stays what it is.</summary>
    public Task TagAsync(SecretLocation location, AzureVersion version, IReadOnlyDictionary<string, string> tags, string operation,
        CancellationToken cancellationToken)
    {
        var call = new AzureCall(operation, location, AzurePermission.Update);
        var wanted = new SecretProperties(new Uri($"https://{Vault.Authority}/secrets/{NameOf(call)}/{version.Id}"));
        tags.ToList().ForEach(tag => wanted.Tags.Add(tag));
        return AskAsync(
            call, async client => (await client.UpdateSecretPropertiesAsync(wanted, cancellationToken)).Value, cancellationToken);
    }

    /// <summary>Every secret that is not deleted, page by page.</summary>
    public async IAsyncEnumerable<IReadOnlyList<AzureVersion>> ListAsync(
        string operation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var call = new AzureCall(operation, null, AzurePermission.List);
        await using var pages = _client.Value.GetPropertiesOfSecretsAsync(cancellationToken).AsPages()
            .GetAsyncEnumerator(cancellationToken);
        while (await AskAsync(call, _ => pages.MoveNextAsync().AsTask(), cancellationToken))
        {
            yield return [.. pages.Current.Values.Select(secret => Of(call, secret))];
        }
    }

    /// <summary>Microsoft's client of a vault, which says nothing to logs and traces. The handler repeats calls, and it alone.</summary>
    internal static SecretClient Connect(Uri vault, HttpMessageHandler transport, TokenCredential login)
    {
        var options = new SecretClientOptions(SecretClientOptions.ServiceVersion.V7_4)
        {
            Transport = new HttpClientTransport(transport),
            Retry = { MaxRetries = 0 },

            // A challenge names vault.azure.net or a sister of it, which no emulator is under.
            DisableChallengeResourceVerification = vault.IsLoopback || vault.Scheme == Uri.UriSchemeHttp,
        };
        options.Diagnostics.IsLoggingEnabled =
            options.Diagnostics.IsTelemetryEnabled = options.Diagnostics.IsDistributedTracingEnabled = false;
        return new(new UriBuilder(vault) { Scheme = Uri.UriSchemeHttps }.Uri, login, options);
    }

    private async Task<T?> AskOrNullAsync<T>(AzureCall call, Func<SecretClient, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await AskAsync(call, ask, cancellationToken);
        }
        catch (AzureAbsentException)
        {
            return null;
        }
    }

    private async Task<T> AskAsync<T>(AzureCall call, Func<SecretClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(_client.Value);
        }
        catch (Exception fault) when (_faults.Of(call, fault, cancellationToken.IsCancellationRequested) is { } failure)
        {
            throw failure;
        }
    }

    private AzureVersion Of(AzureCall call, SecretProperties told) => told.Name is null
        ? throw Shape(call)
        : new(told.Version ?? "")
        {
            Name = told.Name,
            CreatedAt = told.CreatedOn?.ToUniversalTime(),
            IsEnabled = told.Enabled ?? true,
            IsManaged = told.Managed,
            ContentType = told.ContentType,
            NotBefore = told.NotBefore,
            ExpiresAt = told.ExpiresOn,
            Tags = new Dictionary<string, string>(told.Tags, StringComparer.Ordinal),
        };

    // Checked: nothing else reaches a URL.
    private string NameOf(AzureCall call) => IsName(call.Location!.Name)
        ? call.Location.Name
        : throw new SecretStoreException(_store, call.Operation, call.Location, isTransient: false,
            "names have 1 to 127 letters, digits and hyphens: Key Vault has no paths, dots or underscores. The vault is the store's.");

    private SecretStoreException Shape(AzureCall call) => AzureFaults.Shape(_store, call.Operation, call.Location);

    [GeneratedRegex("^[0-9A-Za-z-]{1,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
