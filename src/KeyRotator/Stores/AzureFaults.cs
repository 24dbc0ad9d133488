using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using KeyRotator.Keys;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>What Key Vault refuses, as failures. The inner error's code decides where there is one; no text of the answer is
/// kept.</summary>
/// <remarks>Source: Key Vault, "REST API error codes" and "Authentication, requests and responses".</remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="vault">The vault's address, for messages.</param>
internal sealed partial class AzureFaults(string store, Uri vault)
{
    /// <summary>The failure that an answer in another shape is.</summary>
    public static SecretStoreException Shape(string store, string operation, SecretLocation? location) => new(
        store, operation, location, isTransient: false, "the answer is not Key Vault's: check `vault` and what stands between.");

    /// <summary>The failure that an exception of Microsoft's client is; null where it is none of the call's.</summary>
    /// <param name="call">The call.</param>
    /// <param name="fault">What it ended with. Never kept as the inner exception: its message quotes the answer.</param>
    /// <param name="isCancelled">Whether the caller gave up.</param>
    public SecretStoreException? Of(AzureCall call, Exception fault, bool isCancelled) => fault switch
    {
        OperationCanceledException => isCancelled ? null : Lost(call, mayHaveHappened: true, "No answer came in time."),
        StoreUnreachableException { IsUnknownHost: true } => Lost(call, mayHaveHappened: false,
            $"no vault of that name: {vault.Host} does not resolve here. Check `vault`, and private DNS where it has a private endpoint."),
        StoreUnreachableException lost => Lost(call, lost.MayHaveHappened, lost.Advice),
        SecretStoreException known => new(store, call.Operation, call.Location, known.IsTransient, known.Advice)
        {
            MissingPermission = known.MissingPermission,
        },
        RequestFailedException refusal => Of(call, refusal),
        JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException =>
            Shape(store, call.Operation, call.Location),
        _ => null,
    };

    private SecretStoreException Of(AzureCall call, RequestFailedException refusal)
    {
        var error = Read(refusal);
        return (refusal.Status, error?.Inner) switch
        {
            (400, _) when error is not null => Failure(call, isTransient: false,
                "Key Vault calls the request invalid: the name, the size, or a tag beyond 256 characters."),
            (401, _) => Failure(call, isTransient: false, Unauthenticated(refusal, error)),
            (403, _) when error is not null => Denied(call, error),
            (404, _) when error?.Code == "SecretNotFound" => new AzureAbsentException(store, call),
            (404, _) when error is not null => Failure(call, isTransient: false, "Key Vault does not know what is asked for."),
            (409, "ObjectIsDeletedButRecoverable") => Failure(call, isTransient: false, Deleted(call)),
            (409, _) => new AzureChangingException(store, call),
            (429, _) => Failure(call, isTransient: true, "too many calls for the vault or its subscription."),
            ( >= 500, _) => Failure(call, isTransient: true, "Key Vault fails at the moment."),
            _ => Shape(store, call.Operation, call.Location),
        };
    }

    /// <summary>What to say of a secret that is deleted and can be recovered.</summary>
    public string Deleted(AzureCall call) =>
        $"it is deleted; `az keyvault secret recover --vault-name {VaultName} --name {call.Location?.Name}` brings it back.";

    private SecretStoreException Denied(AzureCall call, AzureError error) => error.Inner switch
    {
        "SecretDisabled" => new AzureDisabledException(store, call),
        "ForbiddenByFirewall" => Failure(call, isTransient: false,
            "the vault's firewall does not let this machine's address pass: add it, or use a private endpoint. No role is missing."),
        "ForbiddenByConnection" => Failure(call, isTransient: false,
            "the vault's public access is off: use its private endpoint. No role is missing."),
        "ForbiddenByRbac" => Missing(call, $"{call.Permission.DataAction} on {ResourceOf(call)} ({call.Permission.Role})"),
        "AccessDenied" or "ForbiddenByPolicy" => Missing(call,
            $"secret permission `{call.Permission.Policy}` in the access policy of {vault.Host}"),
        _ => Missing(
            call, $"{call.Permission.DataAction} on {ResourceOf(call)} ({call.Permission.Role}), or `{call.Permission.Policy}` in the "
            + "vault's access policy"),
    };

    private SecretStoreException Missing(AzureCall call, string permission) =>
        new(store, call.Operation, call.Location, isTransient: false, "the identity may not do it.") { MissingPermission = permission };

    private static string Unauthenticated(RequestFailedException refusal, AzureError? error)
    {
        if (error?.Reason == "AKV10032")
        {
            return "the token is of another tenant than the vault: set `tenant` to the vault's, with an identity of that tenant.";
        }

        var date = refusal.GetRawResponse()?.Headers.Date;
        return "Key Vault does not take the access token"
            + (date is null ? "." : $"; its clock says {date.Value.ToUniversalTime():yyyy-MM-dd HH:mm} UTC: compare this machine's.");
    }

    private string ResourceOf(AzureCall call) => call.Location is null ? vault.Host : $"{vault.Host}/secrets/{call.Location.Name}";

    private string VaultName => vault.Host.Split('.')[0];

    private SecretStoreException Failure(AzureCall call, bool isTransient, string advice) =>
        new(store, call.Operation, call.Location, isTransient, advice);

    private StoreUnreachableException Lost(AzureCall call, bool mayHaveHappened, string advice) =>
        new(store, call.Operation, call.Location, mayHaveHappened, advice);

    // Null where the answer is none of Key Vault's errors.
    private static AzureError? Read(RequestFailedException refusal)
    {
        try
        {
            using var document = JsonDocument.Parse(refusal.GetRawResponse()?.Content.ToMemory() ?? default);
            var error = document.RootElement.GetProperty("error");
            var inner = error.TryGetProperty("innererror", out var nested) && nested.ValueKind is JsonValueKind.Object
                && nested.TryGetProperty("code", out var code) ? code.GetString() : null;
            var text = error.TryGetProperty("message", out var message) ? message.GetString() : null;
            return new(error.GetProperty("code").GetString() ?? "", inner, text is null ? null : Reason().Match(text).Value);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // no error of Key Vault's: the status decides
        }
    }

    // A machine's code at the start of a text for people.
    [GeneratedRegex("^AKV[0-9]{5}", RegexOptions.CultureInvariant)]
    private static partial Regex Reason();

    /// <param name="Code">The error's code.</param>
    /// <param name="Inner">The inner error's, or null.</param>
    /// <param name="Reason">The code that the message starts with; empty or null for none.</param>
    private sealed record AzureError(string Code, string? Inner, string? Reason);
}

/// <summary>The version is disabled.</summary>
internal sealed class AzureDisabledException(string store, AzureCall call)
    : SecretStoreException(store, call.Operation, call.Location, isTransient: false,
        "the version is disabled: enable it, or set a new one by hand.");

/// <summary>The secret is on its way from one state to another.</summary>
internal sealed class AzureChangingException(string store, AzureCall call)
    : SecretStoreException(store, call.Operation, call.Location, isTransient: true,
        "the secret is being deleted, recovered or changed by somebody else.");

/// <summary>The secret or the version is not there.</summary>
internal sealed class AzureAbsentException(string store, AzureCall call)
    : SecretStoreException(store, call.Operation, call.Location, isTransient: false, "it is not there.");
