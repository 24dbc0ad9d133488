using System.Diagnostics.CodeAnalysis;
using KeyRotator.Http;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Validation;

/// <summary>The only sender of probes.</summary>
internal sealed class KeyValidator(HttpMessageInvoker pooled, HttpMessageInvoker unpooled, TimeProvider time) : IDisposable
{
    /// <summary>Time for a whole probe, from the connection to the last byte of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Finds the provider of a kind.</summary>
    public Func<string, IKeyProvider?> FindProvider { get; init; } = KeyProviders.Find;

    /// <summary>Sends one probe and reads the answer. Every fault of the wire is an Inconclusive verdict, never an exception.</summary>
    /// <exception cref="OperationCanceledException">The caller's own token was cancelled.</exception>
    /// <exception cref="ArgumentException">The instance's kind is unknown, which configuration refuses.</exception>
    public async Task<ProbeResult> ProbeAsync(
        ProviderInstance instance, SecretValue key, ProbeConnection connection, CancellationToken cancellationToken)
    {
        var provider = FindProvider(instance.Kind)
            ?? throw new ArgumentException($"No provider is of kind '{instance.Kind}'.", nameof(instance));
        if (VerdictWithoutProbe(provider, instance, key) is { } known)
        {
            return Unanswered(known);
        }

        var began = time.GetTimestamp();
        var result = await AskAsync(provider, instance, key, connection, cancellationToken);
        ProbeMeter.Note(instance.Name, result, time.GetElapsedTime(began));
        return result;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        pooled.Dispose();
        unpooled.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "An adapter's defect must not stop a sweep; the verdict names its type.")]
    private async Task<ProbeResult> AskAsync(
        IKeyProvider provider, ProviderInstance instance, SecretValue key, ProbeConnection connection, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var link = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            return await ExchangeAsync(provider, instance, key, connection, deadline.Token);
        }
        catch (Exception fault)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Unanswered(WireFault.Explain(deadline.IsCancellationRequested ? new OperationCanceledException() : fault));
        }
    }

    private static ProbeVerdict? VerdictWithoutProbe(IKeyProvider provider, ProviderInstance instance, SecretValue key)
    {
        if (provider is IUnprobedProvider unprobed && unprobed.VerdictFor(instance) is { } verdict)
        {
            return verdict;
        }

        var obstacle = !instance.Probe ? "Probing is turned off for this provider instance."
            : !SecretInspection.FitsIntoHeader(key) ? "No HTTP header can carry the value."
            : null;
        return obstacle is null ? null : ProbeVerdict.Inconclusive(VerdictReason.NotProbed, hint: obstacle);
    }

    private async Task<ProbeResult> ExchangeAsync(
        IKeyProvider provider, ProviderInstance instance, SecretValue key, ProbeConnection connection, CancellationToken cancellationToken)
    {
        using var request = provider.CreateProbe(key, instance).With("User-Agent", OutboundHttp.UserAgent)
            .With("Accept", "application/json");
        var sender = connection == ProbeConnection.Fresh ? unpooled : pooled;
        using var message = await sender.SendAsync(request, cancellationToken);
        if (AnswerGuard.VerdictOfHead(message) is { } verdict)
        {
            return Answered(instance.Name, message, verdict);
        }

        using var reader = new AnswerReader();
        await reader.ReadAsync(message, cancellationToken);
        return Answered(instance.Name, message, Classify(provider, instance, key, message, reader));
    }

    private static ProbeVerdict Classify(
        IKeyProvider provider, ProviderInstance instance, SecretValue key, HttpResponseMessage message, AnswerReader reader)
    {
        if (reader.IsTruncated)
        {
            return ProbeVerdict.Inconclusive(VerdictReason.TooLarge, hint: "The answer is longer than what is read; it was not judged.");
        }

        var format = KeyProviders.FormatOf(provider, key);
        using var answer = new ProbeAnswer(message, reader.Body, isTruncated: false, instance, format);
        return AnswerGuard.Confine(provider.Classify(answer), answer.Status, key);
    }

    private ProbeResult Answered(string instance, HttpResponseMessage message, ProbeVerdict verdict)
    {
        var now = time.GetUtcNow();
        ProbeMeter.NoteHeaders(instance, message.Headers, now);
        return new(verdict, (int)message.StatusCode, now, RetryAfter.Of(message, now), message.Headers.Date);
    }

    private ProbeResult Unanswered(ProbeVerdict verdict) => new(verdict, null, time.GetUtcNow(), null, null);
}
