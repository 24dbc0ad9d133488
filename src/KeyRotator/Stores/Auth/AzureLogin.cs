using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Identity;
using KeyRotator.Configuration;
using KeyRotator.Http;

namespace KeyRotator.Stores.Auth;

/// <summary>Access tokens of Microsoft Entra for one vault. What goes wrong is said in our words: Microsoft's quote the request.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="options">Its options.</param>
/// <param name="time">The clock.</param>
/// <param name="find">Finds the credentials, at the first call.</param>
internal sealed partial class AzureLogin(string store, AzureStoreOptions options, TimeProvider time, Func<TokenCredential> find)
    : TokenCredential
{
    // Each source of the chain may have to run into its own limit.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly Lazy<TokenCredential> _credential = new(find, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Who it is, for people.</summary>
    /// <param name="scope">What a token is asked for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SecretStoreException">No token is to be had.</exception>
    public async Task<string> IdentityAsync(string scope, CancellationToken cancellationToken) =>
        IdentityOf((await GetTokenAsync(new TokenRequestContext([scope]), cancellationToken)).Token);

    /// <inheritdoc />
    /// <exception cref="SecretStoreException">No token is to be had.</exception>
    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        RefuseOtherTenant(requestContext.TenantId);
        var asked = new TokenRequestContext(
            requestContext.Scopes, null, requestContext.Claims, options.Tenant ?? requestContext.TenantId, requestContext.IsCaeEnabled);
        using var limit = new CancellationTokenSource(s_limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _credential.Value.GetTokenAsync(asked, either.Token);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && Of(fault) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc />
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Tokens are asked for asynchronously only.");

    private void RefuseOtherTenant(string? tenant)
    {
        if (Guid.TryParse(tenant, out var theirs) && Guid.TryParse(options.Tenant, out var ours) && theirs != ours)
        {
            throw Failure(isTransient: false, $"the vault belongs to tenant {theirs}, but `tenant` is {ours}.");
        }
    }

    // Null where the exception is none of the login's. Never kept as the inner exception: its message may quote the request.
    private SecretStoreException? Of(Exception fault) => fault switch
    {
        _ when Chain(fault).Any(inner => CodeOf(inner) is not null) =>
            Refused(Chain(fault).Select(CodeOf).First(code => code is not null)!),
        _ when Chain(fault).Any(inner => NetworkFault.Of(inner) is not null) && fault is not CredentialUnavailableException =>
            Failure(isTransient: true, "Microsoft Entra or the machine's own token service gives no answer now."),
        CredentialUnavailableException => Failure(isTransient: false, "no usable credentials: set AZURE_TENANT_ID, AZURE_CLIENT_ID and "
            + "AZURE_CLIENT_SECRET, run with a workload or managed identity (`clientId` names a user-assigned one), or run `az login`."),
        AuthenticationFailedException => Failure(isTransient: false,
            "the credentials that were found give no token: check `tenant`, `clientId` and the AZURE_ variables."),
        ArgumentException or InvalidOperationException => Failure(isTransient: false,
            "the credentials cannot be set up: check `tenant`, `clientId` and the AZURE_ variables."),
        _ => null,
    };

    /// <remarks>Source: Microsoft Entra, "Authentication and authorization error codes".</remarks>
    private SecretStoreException Refused(string code) => code switch
    {
        "AADSTS700016" => Failure(isTransient: false, $"{code}: the application is not in that tenant: check `clientId` and `tenant`."),
        "AADSTS90002" or "AADSTS900023" => Failure(isTransient: false, $"{code}: there is no such tenant: check `tenant`."),
        "AADSTS7000215" => Failure(isTransient: false, $"{code}: the client secret is wrong: its value is wanted, not its id."),
        "AADSTS7000222" => Failure(isTransient: false, $"{code}: the client secret has expired."),
        "AADSTS700024" => Failure(isTransient: false, $"{code}: the client's assertion is out of its time: compare this machine's clock."),
        "AADSTS70021" or "AADSTS700211" or "AADSTS700212" or "AADSTS700213" => Failure(isTransient: false,
            $"{code}: no federated credential of the identity fits this workload: issuer, subject and audience must be equal."),
        "AADSTS90033" or "AADSTS50196" => Failure(isTransient: true, $"{code}: Microsoft Entra gives no token now."),
        _ => Failure(isTransient: false, $"{code}: Microsoft Entra refuses the credentials."),
    };

    private static string? CodeOf(Exception fault) =>
        fault is AuthenticationFailedException && Code().Match(fault.Message) is { Success: true } found
        ? found.Value
        : null;

    private static IEnumerable<Exception> Chain(Exception fault) => fault switch
    {
        AggregateException many => many.InnerExceptions.SelectMany(Chain).Prepend(fault),
        { InnerException: { } inner } => Chain(inner).Prepend(fault),
        _ => [fault],
    };

    // What the token says of its owner; anybody may look into an access token that is theirs.
    private static string IdentityOf(string token)
    {
        try
        {
            var payload = token.Split('.') is [_, var part, _] ? part.Replace('-', '+').Replace('_', '/') : "";
            using var claims = JsonDocument.Parse(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
            string? Claim(string name) => claims.RootElement.TryGetProperty(name, out var claim)
                && claim.ValueKind is JsonValueKind.String && Plain().IsMatch(claim.GetString()!) ? claim.GetString() : null;
            var tenant = Claim("tid") is { } tid ? $" of tenant {tid}" : "";
            return Claim("xms_mirid") is { } managed ? $"managed identity {managed}{tenant}"
                : Claim("upn") is { } user ? $"user {user}{tenant}"
                : Claim("appid") is { } application ? $"application {application}{tenant}"
                : "an identity that its token does not name";
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException)
        {
            return "an identity that its token does not name"; // not for us to read
        }
    }

    private SecretStoreException Failure(bool isTransient, string advice) => new(store, "log in", null, isTransient, advice);

    [GeneratedRegex("AADSTS[0-9]{4,8}", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex("^[A-Za-z0-9@._/-]{1,300}$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
