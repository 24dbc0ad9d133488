using System.Net;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>What the API server's refusals mean. Decided by status and machine words, never by the message.</summary>
/// <remarks>Source: kubernetes.io/docs/reference/using-api/api-concepts and the reasons of <c>meta/v1 Status</c>, read 2026-11.</remarks>
internal static class KubernetesFailures
{
    private static readonly TimeSpan s_tolerated = TimeSpan.FromMinutes(1);

    /// <summary>The failure that an answer stands for.</summary>
    public static SecretStoreException Of(string store, KubernetesCall call, StoreAnswer answer, DateTimeOffset now)
    {
        var status = KubernetesStatus.Parse(answer.Body);
        if (status.Reason == "Forbidden" && call.Namespace.Length > 0)
        {
            var right = $"{call.Verb} secrets in namespace {call.Namespace}";
            return new(
                store, call.Operation, call.Location, isTransient: false, $"the identity may not {right}, or a quota or policy forbids it.")
            {
                MissingPermission = right,
            };
        }

        var isTransient = (int)answer.Status >= 500 || answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            or HttpStatusCode.Gone;
        return new(store, call.Operation, call.Location, isTransient, Advice(call, answer, status, now));
    }

    /// <summary>Whether an answer says that the Secret, or its whole namespace, is not there.</summary>
    public static bool IsAbsent(StoreAnswer answer) => answer.Status == HttpStatusCode.NotFound
        && KubernetesStatus.Parse(answer.Body) is { Reason: "NotFound", Kind: "secrets" };

    private static string Advice(KubernetesCall call, StoreAnswer answer, KubernetesStatus status, DateTimeOffset now) =>
        (int)answer.Status switch
        {
            401 when answer.Headers.Date is { } date && (date - now).Duration() > s_tolerated =>
                $"the token is not accepted, and the clocks differ by {(date - now).Duration().TotalMinutes:0} min: "
                + "set this machine's clock.",
            401 => "the token or certificate is not accepted: it has expired, was revoked, or belongs to another cluster.",
            403 => "the identity may not do that.",
            404 when status is { Reason: "NotFound", Kind: "namespaces" } => $"the namespace {call.Namespace} is not there.",
            404 => "there is no such API at this address: is it an API server's?",
            406 or 415 => "the server does not speak this API's formats: is it an API server?",
            410 => "the list changed for too long while it was read; it is read anew at the next pass.",
            413 => "the Secret is larger than the server takes.",
            422 when status.Causes.Contains("FieldValueForbidden data") =>
                "the Secret is immutable: make a new one and have consumers read it.",
            422 when status.Causes.Any(cause => cause.StartsWith("FieldValueTooLong", StringComparison.Ordinal)) =>
                "the Secret or its annotations would be larger than the server takes.",
            422 => "the server takes such a Secret for invalid: look at its type and keys.",
            429 => "the server asks to come back later.",
            >= 500 => $"the server fails with status {(int)answer.Status}.",
            _ => $"the server answered with the unexpected status {(int)answer.Status}.",
        };
}
