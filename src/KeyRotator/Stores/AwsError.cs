using System.Net;
using System.Text;
using System.Text.Json;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Reads what kind of error an answer tells: by its type, never by its status, which is 400 for nearly everything.</summary>
/// <remarks>Source: AWS Secrets Manager API Reference, the operations' errors and "Common Errors", read 2026-11. The type stands in the
/// body's <c>__type</c> or the header <c>x-amzn-ErrorType</c>, as <c>namespace#Type</c> or <c>Type:address</c> too.</remarks>
internal static class AwsError
{
    private static readonly Dictionary<string, AwsErrorKind> s_kinds = new(StringComparer.Ordinal)
    {
        ["ResourceNotFoundException"] = AwsErrorKind.Absent,
        ["ResourceExistsException"] = AwsErrorKind.Exists,
        ["InvalidParameterException"] = AwsErrorKind.Parameter,
        ["InvalidParameterValue"] = AwsErrorKind.Parameter,
        ["ValidationException"] = AwsErrorKind.Parameter,
        ["ValidationError"] = AwsErrorKind.Parameter,
        ["InvalidRequestException"] = AwsErrorKind.State,
        ["PreconditionNotMetException"] = AwsErrorKind.State,
        ["LimitExceededException"] = AwsErrorKind.Quota,
        ["EncryptionFailure"] = AwsErrorKind.Encryption,
        ["DecryptionFailure"] = AwsErrorKind.Encryption,
        ["AccessDenied"] = AwsErrorKind.Denied,
        ["AccessDeniedException"] = AwsErrorKind.Denied,
        ["NotAuthorized"] = AwsErrorKind.Denied,
        ["UnrecognizedClientException"] = AwsErrorKind.Credentials,
        ["InvalidClientTokenId"] = AwsErrorKind.Credentials,
        ["InvalidSignatureException"] = AwsErrorKind.Credentials,
        ["SignatureDoesNotMatch"] = AwsErrorKind.Credentials,
        ["IncompleteSignature"] = AwsErrorKind.Credentials,
        ["IncompleteSignatureException"] = AwsErrorKind.Credentials,
        ["MissingAuthenticationToken"] = AwsErrorKind.Credentials,
        ["MissingAuthenticationTokenException"] = AwsErrorKind.Credentials,
        ["AuthFailure"] = AwsErrorKind.Credentials,
        ["OptInRequired"] = AwsErrorKind.Credentials,
        ["RequestExpired"] = AwsErrorKind.Credentials,
        ["RequestTimeTooSkewed"] = AwsErrorKind.Credentials,
        ["ExpiredToken"] = AwsErrorKind.Expired,
        ["ExpiredTokenException"] = AwsErrorKind.Expired,
        ["Throttling"] = AwsErrorKind.Throttled,
        ["ThrottlingException"] = AwsErrorKind.Throttled,
        ["ThrottledException"] = AwsErrorKind.Throttled,
        ["RequestThrottled"] = AwsErrorKind.Throttled,
        ["RequestThrottledException"] = AwsErrorKind.Throttled,
        ["RequestLimitExceeded"] = AwsErrorKind.Throttled,
        ["TooManyRequestsException"] = AwsErrorKind.Throttled,
        ["SlowDown"] = AwsErrorKind.Throttled,
        ["InternalServiceError"] = AwsErrorKind.Server,
        ["InternalFailure"] = AwsErrorKind.Server,
        ["InternalServerError"] = AwsErrorKind.Server,
        ["ServiceUnavailable"] = AwsErrorKind.Server,
        ["ServiceUnavailableException"] = AwsErrorKind.Server,
    };

    /// <summary>The kind of an answer that is no success.</summary>
    public static AwsErrorKind Of(StoreAnswer answer)
    {
        var header = answer.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.First() : null;
        var kind = Named(TypeOf(answer) ?? header ?? CodeOf(answer.Body.Span));
        return kind switch
        {
            AwsErrorKind.Denied when answer.Body.Span.IndexOf("KMS"u8) >= 0 => AwsErrorKind.DeniedByKey,
            AwsErrorKind.Other when answer.Status is HttpStatusCode.TooManyRequests => AwsErrorKind.Throttled,
            AwsErrorKind.Other when answer.Status >= HttpStatusCode.InternalServerError => AwsErrorKind.Server,
            _ => kind,
        };
    }

    /// <summary>The kind of an error by its type; <see cref="AwsErrorKind.Other"/> for null.</summary>
    public static AwsErrorKind Named(string? type)
    {
        var from = (type?.LastIndexOf('#') ?? -1) + 1;
        var to = type?.IndexOf(':', from) ?? -1;
        return type is null ? AwsErrorKind.Other : s_kinds.GetValueOrDefault(to < 0 ? type[from..] : type[from..to]);
    }

    // Servers that stand in for AWS refuse credentials in the XML of its older services.
    private static string? CodeOf(ReadOnlySpan<byte> body)
    {
        var from = body.IndexOf("<Code>"u8);
        var rest = from < 0 ? default : body[(from + "<Code>"u8.Length)..];
        var length = rest.IndexOf("</Code>"u8);
        return length < 0 ? null : Encoding.ASCII.GetString(rest[..length]);
    }

    private static string? TypeOf(StoreAnswer answer)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            return body.RootElement.ValueKind is JsonValueKind.Object
                && body.RootElement.TryGetProperty("__type", out var type)
                && type.ValueKind is JsonValueKind.String ? type.GetString() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null; // no body of this service: the header or the status tells
        }
    }
}
