using System.Net;
using System.Text.Json;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>What a call was about, for its failure.</summary>
/// <param name="Permission">What the identity needs for it, for example <c>secretmanager.versions.access</c>.</param>
/// <param name="Role">The least role that has it.</param>
internal sealed record GcpPermission(string Permission, string Role)
{
    /// <summary>As what a call that needs it is counted.</summary>
    public StoreRequestKind Kind => Permission[(Permission.LastIndexOf('.') + 1)..] switch
    {
        "access" or "get" => StoreRequestKind.Read,
        "list" => StoreRequestKind.List,
        _ => StoreRequestKind.Write,
    };

    public static GcpPermission Access { get; } = new("secretmanager.versions.access", "roles/secretmanager.secretAccessor");

    public static GcpPermission Add { get; } = new("secretmanager.versions.add", "roles/secretmanager.secretVersionManager");

    public static GcpPermission ListVersions { get; } = new("secretmanager.versions.list", "roles/secretmanager.viewer");

    public static GcpPermission GetVersion { get; } = new("secretmanager.versions.get", "roles/secretmanager.viewer");

    public static GcpPermission Destroy { get; } = new("secretmanager.versions.destroy", "roles/secretmanager.secretVersionManager");

    public static GcpPermission Get { get; } = new("secretmanager.secrets.get", "roles/secretmanager.viewer");

    public static GcpPermission List { get; } = new("secretmanager.secrets.list", "roles/secretmanager.viewer");

    public static GcpPermission Update { get; } = new("secretmanager.secrets.update", "roles/secretmanager.admin or a custom role");

    public static GcpPermission Delete { get; } = new("secretmanager.secrets.delete", "roles/secretmanager.admin or a custom role");

    public static GcpPermission Create { get; } = new("secretmanager.secrets.create", "roles/secretmanager.admin or a custom role");
}

/// <summary>What Google refuses, as failures. <c>error.status</c> decides, never the HTTP status alone: a lost condition is 400.</summary>
/// <remarks>Source: Google Cloud APIs, "Errors" (google.rpc.Code, google.rpc.ErrorInfo), and the Secret Manager guide's
/// troubleshooting.</remarks>
internal static class GcpFaults
{
    /// <summary>The error's <c>status</c>, or null where the answer is none of Google's errors.</summary>
    public static string? StatusOf(StoreAnswer answer) => Read(answer)?.Status;

    /// <summary>The failure that an answer is.</summary>
    /// <param name="client">What sent the call.</param>
    /// <param name="call">The call.</param>
    /// <param name="answer">Its answer, one without success.</param>
    /// <param name="permission">What the call needs.</param>
    /// <param name="resource">What it was about, for example <c>projects/p/secrets/s</c>.</param>
    public static SecretStoreException Of(
        StoreClient client, StoreCall call, StoreAnswer answer, GcpPermission permission, string resource)
    {
        var error = Read(answer);
        return (error?.Status, error?.Reason) switch
        {
            ("PERMISSION_DENIED", "SERVICE_DISABLED") => client.Failure(call, isTransient: false,
                "the project does not use the Secret Manager API: enable secretmanager.googleapis.com there."),
            ("PERMISSION_DENIED", "BILLING_DISABLED") => client.Failure(call, isTransient: false, "the project has no billing account."),
            ("PERMISSION_DENIED", "CONSUMER_INVALID") => client.Failure(call, isTransient: false, "`project` names no project."),
            ("PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT") => client.Failure(call, isTransient: false,
                "the token's scope is too narrow: the machine or node pool needs the scope cloud-platform."),
            ("PERMISSION_DENIED", _) => Denied(call, permission, resource),
            ("UNAUTHENTICATED", _) => client.Failure(call, isTransient: false, "Google does not take the access token: "
                + (client.ClockFault(answer) ?? "it has expired or was revoked; log in again, or renew the credentials.")),
            ("NOT_FOUND", _) => client.Failure(call, isTransient: false, "it is not there."),
            ("INVALID_ARGUMENT", _) => client.Failure(call, isTransient: false,
                "Google calls the request invalid: the name, the size, the project, the location, or annotations beyond 16 KiB."),
            ("FAILED_PRECONDITION", _) => new GcpStateException(call),
            ("RESOURCE_EXHAUSTED", _) => client.Failure(call, isTransient: true, "the project's quota of calls is used up for now."),
            ("ABORTED" or "ALREADY_EXISTS", _) => client.Failure(call, isTransient: true, "somebody else is changing the secret."),
            ("UNAVAILABLE" or "INTERNAL" or "DEADLINE_EXCEEDED" or "UNKNOWN", _) => Unknown(client, call),
            _ => ByStatus(client, call, answer.Status),
        };
    }

    /// <summary>The failure that an answer of success in another shape is.</summary>
    public static SecretStoreException Shape(StoreClient client, StoreCall call) => client.Failure(call, isTransient: false,
        "the answer is not Secret Manager's, or arrived damaged: check `endpoint` and what stands between.");

    private static SecretStoreException ByStatus(StoreClient client, StoreCall call, HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => client.Failure(call, isTransient: true, "too many calls."),
        >= HttpStatusCode.InternalServerError => Unknown(client, call),
        HttpStatusCode.Unauthorized => client.Failure(call, isTransient: false, "the access token is not taken."),
        _ => Shape(client, call),
    };

    // Whether it had its effect is not known.
    private static SecretStoreException Unknown(StoreClient client, StoreCall call) =>
        client.Failure(call, isTransient: true, "Google's side fails at the moment.");

    private static SecretStoreException Denied(StoreCall call, GcpPermission permission, string resource) =>
        new(call.Location?.Store ?? "", call.Operation, call.Location, isTransient: false,
            $"the identity lacks {permission.Permission} on {resource} ({permission.Role}), or it is not there.")
        {
            MissingPermission = $"{permission.Permission} on {resource}",
        };

    private static GcpError? Read(StoreAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var error = document.RootElement.GetProperty("error");
            return new(error.GetProperty("status").GetString() ?? "", ReasonOf(error));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // no error of Google's: the HTTP status decides
        }
    }

    private static string? ReasonOf(JsonElement error) =>
        error.TryGetProperty("details", out var details)
            ? details.EnumerateArray().Select(detail => detail.TryGetProperty("reason", out var reason) ? reason.GetString() : null)
                .FirstOrDefault(reason => reason is not null)
            : null;

    private sealed record GcpError(string Status, string? Reason);
}

/// <summary>The version is disabled or destroyed.</summary>
internal sealed class GcpStateException(StoreCall call)
    : SecretStoreException(call.Location?.Store ?? "", call.Operation, call.Location, isTransient: false,
        "the version is disabled or destroyed, or the secret is in no state for it.");
