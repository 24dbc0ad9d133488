using System.Net;
using System.Security.Cryptography;
using KeyRotator.Configuration;
using KeyRotator.Http;

namespace KeyRotator.Stores.Remote;

/// <summary>Sends a store's calls: bounded in time and size, no redirect followed, repeated with jitter where a repeat is safe.</summary>
/// <remarks>What an answer means is the adapter's to say. Nothing of an answer's text is ever put into a message.</remarks>
internal sealed class StoreClient : IDisposable
{
    private const int MostAttempts = 4;
    private const int MaxBody = 4 * 1024 * 1024;

    /// <summary>The longest that one attempt may take.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest wait before a repeat: a server that asks for more is left to the next pass.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(200);

    private readonly string _store;
    private readonly Lazy<HttpMessageInvoker> _http;
    private readonly TimeProvider _time;
    private readonly Random _random;

    /// <param name="settings">The store. Its certificates are read at the first call.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wrap">Puts a handler around the sender, for example one that signs; null for none.</param>
    /// <param name="random">Source of jitter; null for the shared one.</param>
    public StoreClient(
        StoreSettings settings, TimeProvider time, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null, Random? random = null)
    {
        var options = settings.Options;
        var files = new TlsFiles(options?.AuthorityFile, options?.CertificateFile, options?.CertificateKeyFile);
        (_store, _time, _random) = (settings.Name, time, random ?? Random.Shared);
        _http = new(
            () =>
            {
                var handler = OutboundHttp.CreateHandler(files);
                return new HttpMessageInvoker(wrap?.Invoke(handler) ?? handler, disposeHandler: true);
            },
            LazyThreadSafetyMode.PublicationOnly); // a file that is put right is read again
    }

    /// <summary>Counts what is sent.</summary>
    public StoreMeter Meter { get; init; } = new();

    /// <summary>Sends one call; gives the last answer, whatever its status.</summary>
    /// <exception cref="StoreUnreachableException">No whole answer came.</exception>
    /// <exception cref="SecretStoreException">The answer is too large, or redirects.</exception>
    public async Task<StoreAnswer> SendAsync(StoreCall call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan wait;
            try
            {
                var answer = await SendMeasuredAsync(call, cancellationToken);
                if (attempt == MostAttempts || WaitFor(call, answer, attempt) is not { } asked || asked > LongestWait)
                {
                    return answer;
                }

                answer.Dispose();
                wait = asked;
            }
            catch (StoreUnreachableException fault) when (attempt < MostAttempts && (call.IsRepeatable || !fault.MayHaveHappened))
            {
                wait = BackOff(attempt);
            }

            await Task.Delay(wait, _time, cancellationToken);
        }
    }

    /// <summary>A failure of a call whose answer was read.</summary>
    public SecretStoreException Failure(StoreCall call, bool isTransient, string advice) =>
        new(_store, call.Operation, call.Location, isTransient, advice);

    /// <summary>What an answer shows to be wrong with this machine's clock, or null.</summary>
    public string? ClockFault(StoreAnswer answer) => ClockSkew.Advice(answer.Headers, _time.GetUtcNow());

    /// <inheritdoc />
    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private async Task<StoreAnswer> SendMeasuredAsync(StoreCall call, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        try
        {
            var answer = await SendOnceAsync(call, cancellationToken);
            StoreFailure.Note(_store, answer.Status);
            return answer;
        }
        catch (StoreUnreachableException)
        {
            StoreFailure.NoteUnreachable(_store);
            throw;
        }
        finally
        {
            StoreFailure.NoteDuration(_store, _time.GetElapsedTime(began));
        }
    }

    private HttpMessageInvoker Connect(StoreCall call)
    {
        try
        {
            return _http.Value;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Not kept as the inner exception: its message may quote the file.
            throw Failure(call, isTransient: false, "the files of `ca`, `clientCertificate` or `clientKey` cannot be read as PEM.");
        }
    }

    private async Task<StoreAnswer> SendOnceAsync(StoreCall call, CancellationToken cancellationToken)
    {
        var http = Connect(call);
        using var request = call.Request();
        using var limit = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            request.Headers.TryAddWithoutValidation("User-Agent", OutboundHttp.UserAgent);
            Meter.Count(call.Kind);
            using var response = await http.SendAsync(request, either.Token);
            if ((int)response.StatusCode is >= 300 and <= 399)
            {
                throw Failure(call, isTransient: false, "it redirects, which is not followed: configure the final address.");
            }

            var body = await ReadBodyAsync(call, response.Content, either.Token);
            var mediaType = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();
            return new StoreAnswer(response.StatusCode, response.Headers, mediaType, body);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && NetworkFault.Of(fault) is not null)
        {
            var known = NetworkFault.Of(fault)!;
            var advice = known.Kind is NetworkFaultKind.Tls
                ? $"{known.Sentence} A private authority is named with `ca`."
                : $"{known.Sentence[..^1]}: {request.RequestUri?.Authority}.";
            throw new StoreUnreachableException(_store, call.Operation, call.Location, !NetworkFault.IsBeforeSending(fault), advice)
            {
                IsUnknownHost = fault is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError },
            };
        }
    }

    private async Task<byte[]> ReadBodyAsync(StoreCall call, HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MaxBody)
        {
            throw Failure(call, isTransient: false, "its answer is larger than any secret may be.");
        }

        using var whole = new SecretBuffer();
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        while (await stream.ReadAsync(whole.Free(), cancellationToken) is var read and > 0)
        {
            whole.Advance(read);
            if (whole.Length > MaxBody)
            {
                throw Failure(call, isTransient: false, "its answer is larger than any secret may be.");
            }
        }

        return whole.ToArray();
    }

    // Null where the answer stands. 429 says that nothing was done; 5xx does not.
    private TimeSpan? WaitFor(StoreCall call, StoreAnswer answer, int attempt) => answer.Status switch
    {
        HttpStatusCode.TooManyRequests => RetryAfter.Of(answer.Status, answer.Headers, _time.GetUtcNow()) ?? BackOff(attempt),
        HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout when call.IsRepeatable =>
            RetryAfter.Of(answer.Status, answer.Headers, _time.GetUtcNow()) ?? BackOff(attempt),
        _ => call.IsThrottled?.Invoke(answer) == true ? BackOff(attempt) : null,
    };

    private TimeSpan BackOff(int attempt)
    {
        double jitter;
        lock (_random)
        {
            jitter = _random.NextDouble();
        }

        return s_firstWait * Math.Pow(3, attempt - 1) * (0.5 + jitter);
    }
}
