using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.Runtime.Signing;

namespace KeyRotator.Stores.Auth;

/// <summary>Signs each request as it is sent (Signature Version 4), so that a repeat has its own time.</summary>
/// <remarks>The SDK's own handler reads the process's clock and wants its credentials at once; its signer does neither.</remarks>
/// <param name="access">Who signs.</param>
/// <param name="time">The clock.</param>
/// <param name="inner">Sends.</param>
internal sealed class AwsSigningHandler(AwsAccess access, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connection = await access.ConnectAsync(cancellationToken);
        var keys = await access.KeysAsync(cancellationToken);
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            var parameters = new AWSSigV4Parameters
            {
                Credentials = keys.UseToken
                    ? new SessionAWSCredentials(keys.AccessKey, keys.SecretKey, keys.Token)
                    : new BasicAWSCredentials(keys.AccessKey, keys.SecretKey),
                Region = connection.Region,
                Service = "secretsmanager",
                SignedAt = time.GetUtcNow().UtcDateTime,
            };
            var signed = await AWSSigV4Signer.SignAsync(Describe(request, body), parameters, cancellationToken);
            foreach (var (name, value) in signed.Headers.Where(header => !IsOfContent(header.Key)))
            {
                request.Headers.Remove(name);
                request.Headers.TryAddWithoutValidation(name, value);
            }

            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    // Only what says what is asked for: a proxy may change the others on the way.
    private static AWSSigningRequest Describe(HttpRequestMessage request, byte[] body)
    {
        var described = new AWSSigningRequest { HttpMethod = request.Method, RequestUri = request.RequestUri, Content = body };
        var ours = request.Headers.NonValidated.Where(header => header.Key.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase));
        foreach (var (name, values) in ours)
        {
            described.Headers[name] = values.ToString();
        }

        if (request.Content?.Headers.ContentType?.ToString() is { } type)
        {
            described.Headers["Content-Type"] = type;
        }

        return described;
    }

    private static bool IsOfContent(string header) => header.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);
}
