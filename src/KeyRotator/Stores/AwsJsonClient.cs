using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Speaks AWS's JSON 1.1 protocol with Secrets Manager: one signed POST for each call.</summary>
/// <remarks>Source: botocore's model of the service (<c>protocol: json, jsonVersion: 1.1</c>), read 2026-11. An answer's media type is not
/// looked at: servers that stand in for AWS send others.</remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="client">Sends what is signed on the way.</param>
/// <param name="access">Where calls go and who signs them.</param>
/// <param name="time">The clock.</param>
internal sealed class AwsJsonClient(string store, StoreClient client, AwsAccess access, TimeProvider time)
{
    /// <summary>A clock further off than this is what makes signatures fail: AWS takes five minutes.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(4);

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends a call and reads its answer. Credentials that have expired are found anew, once.</summary>
    /// <param name="call">The call.</param>
    /// <param name="read">Reads the answer's body, which is gone afterwards.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsErrorException">The service answered with an error.</exception>
    /// <exception cref="StoreUnreachableException">No whole answer came.</exception>
    /// <exception cref="SecretStoreException">There are no credentials, or the answer is none of this service.</exception>
    public async Task<T> SendAsync<T>(AwsCall call, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(1024 + (call.ValueLength * 6));
        try
        {
            Write(call, body);
            for (var isLast = false; ; isLast = true)
            {
                using var answer = await SendOnceAsync(call, body, cancellationToken);
                if (answer.IsSuccess)
                {
                    return Read(call, answer, read);
                }

                var kind = AwsError.Of(answer);
                if (isLast || kind is not AwsErrorKind.Expired)
                {
                    throw Error(call, kind, (await ConnectAsync(call, cancellationToken)).Region, SkewSeenIn(answer));
                }

                access.Forget();
            }
        }
        finally
        {
            body.Clear();
        }
    }

    /// <summary>The region that calls go to.</summary>
    /// <exception cref="SecretStoreException">There is none, or there are no credentials.</exception>
    public async Task<string> RegionAsync(AwsCall call, CancellationToken cancellationToken) =>
        (await ConnectAsync(call, cancellationToken)).Region.SystemName;

    private static StoreRequestKind KindOf(string action) => action switch
    {
        "GetSecretValue" or "BatchGetSecretValue" or "DescribeSecret" => StoreRequestKind.Read,
        "ListSecrets" or "ListSecretVersionIds" => StoreRequestKind.List,
        _ => StoreRequestKind.Write,
    };

    private static void Write(AwsCall call, ArrayBufferWriter<byte> body)
    {
        using var writer = new Utf8JsonWriter(body, s_json);
        writer.WriteStartObject();
        call.Write(writer);
        writer.WriteEndObject();
    }

    private async Task<StoreAnswer> SendOnceAsync(AwsCall call, ArrayBufferWriter<byte> body, CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(call, cancellationToken);
        HttpRequestMessage Request() => new(HttpMethod.Post, connection.Endpoint)
        {
            Content = new ReadOnlyMemoryContent(body.WrittenMemory) { Headers = { ContentType = new("application/x-amz-json-1.1") } },
            Headers = { { "X-Amz-Target", $"secretsmanager.{call.Action}" } },
        };

        var sent = new StoreCall(call.Operation, call.Location, Request)
        {
            Kind = KindOf(call.Action),
            IsRepeatable = call.IsRepeatable,
            IsThrottled = static answer => !answer.IsSuccess && AwsError.Of(answer) is AwsErrorKind.Throttled,
        };
        return await GuardAsync(call, () => client.SendAsync(sent, cancellationToken));
    }

    private Task<AwsConnection> ConnectAsync(AwsCall call, CancellationToken cancellationToken) => GuardAsync(call, async () =>
    {
        await access.KeysAsync(cancellationToken); // outside the time that one attempt may take
        return await access.ConnectAsync(cancellationToken);
    });

    private async Task<T> GuardAsync<T>(AwsCall call, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (AwsAccessException fault)
        {
            throw new SecretStoreException(store, call.Operation, call.Location, fault.IsTransient, fault.Message)
            {
                MissingPermission = fault.MissingPermission,
            };
        }
    }

    private T Read<T>(AwsCall call, StoreAnswer answer, Func<JsonElement, T> read)
    {
        try
        {
            using var body = JsonDocument.Parse(answer.Body.Length == 0 ? "{}"u8.ToArray() : answer.Body);
            return read(body.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentOutOfRangeException)
        {
            // Not kept as the inner exception: its message may quote the answer.
            throw new SecretStoreException(store, call.Operation, call.Location, isTransient: false,
                "the answer is none of AWS Secrets Manager: is there a proxy or a sign-in page in between?");
        }
    }

    private TimeSpan SkewSeenIn(StoreAnswer answer) => answer.Headers.Date is { } theirs ? time.GetUtcNow() - theirs : TimeSpan.Zero;

    private AwsErrorException Error(AwsCall call, AwsErrorKind kind, Amazon.RegionEndpoint region, TimeSpan ahead)
    {
        var isSkewed = kind is AwsErrorKind.Credentials or AwsErrorKind.Expired && ahead.Duration() > s_skew;
        var advice = isSkewed
            ? $"this host's clock is {ahead.Duration().TotalMinutes:0} minutes {(ahead > TimeSpan.Zero ? "fast" : "slow")}: set it right."
            : Advice(call, kind, region.SystemName);
        return new(store, call.Operation, call.Location, kind, advice)
        {
            MissingPermission = kind switch
            {
                AwsErrorKind.Denied => $"secretsmanager:{call.Action} on {Resource(call, region)}",
                AwsErrorKind.DeniedByKey => "kms:Decrypt and kms:GenerateDataKey on the secret's KMS key",
                _ => null,
            },
        };
    }

    private static string Advice(AwsCall call, AwsErrorKind kind, string region) => kind switch
    {
        AwsErrorKind.Absent => $"there is no such secret, version or label in {region}.",
        AwsErrorKind.Exists => "the name is taken, or the token was used for another value.",
        AwsErrorKind.Parameter => "AWS does not take the request's parameters.",
        AwsErrorKind.State when call.Operation is "read" => "it is marked for deletion, or has no current version: restore it "
            + "(`aws secretsmanager restore-secret`), or name another secret.",
        AwsErrorKind.State => "the secret's state forbids it: is it marked for deletion, or managed by another service?",
        AwsErrorKind.Quota => "a quota of Secrets Manager is used up: versions or labels of the secret, or secrets of the account.",
        AwsErrorKind.Encryption => "the secret's KMS key cannot be used: is it disabled or to be deleted?",
        AwsErrorKind.Denied when AwsSecretName.AccountOf(call.Location?.Name) is { } account =>
            $"the identity may not call {call.Action} there. The ARN is one of account {account}: a secret of another account must allow "
            + "this identity by its own policy, and by that of its KMS key.",
        AwsErrorKind.Denied => $"the identity may not call {call.Action} here.",
        AwsErrorKind.DeniedByKey => "the identity may not use the secret's KMS key.",
        AwsErrorKind.Credentials => "AWS refuses the credentials or the signature: they are wrong, disabled, or not for this region.",
        AwsErrorKind.Expired => "the credentials have expired, and there are no newer ones: log in again (`aws sso login`), or renew them.",
        AwsErrorKind.Throttled => "AWS asks for fewer calls.",
        AwsErrorKind.Server => "Secrets Manager is out of order.",
        _ => "the answer is an error unknown to this version: is the endpoint one of Secrets Manager?",
    };

    private static string Resource(AwsCall call, Amazon.RegionEndpoint region) => call.Location?.Name switch
    {
        null => "*",
        { } name when name.StartsWith("arn:", StringComparison.Ordinal) => name,
        { } name => $"arn:{region.PartitionName}:secretsmanager:{region.SystemName}:*:secret:{name}-??????",
    };
}
