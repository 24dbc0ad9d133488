using System.Net;
using System.Text;
using KeyRotator.Providers;

namespace KeyRotator.Tests.Support;

/// <summary>Builds answers to probes.</summary>
internal static class Answer
{
    public static ProbeAnswer Of(
        int status,
        string body,
        ProviderInstance instance,
        string? format = null,
        string? mediaType = "application/json",
        IReadOnlyDictionary<string, string>? headers = null,
        bool isTruncated = false) => Of(status, Encoding.UTF8.GetBytes(body), instance, format, mediaType, headers, isTruncated);

    public static ProbeAnswer Of(
        int status,
        byte[] body,
        ProviderInstance instance,
        string? format = null,
        string? mediaType = "application/json",
        IReadOnlyDictionary<string, string>? headers = null,
        bool isTruncated = false)
    {
        var message = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = mediaType is null ? null : new(mediaType);
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return new ProbeAnswer(message, body, isTruncated, instance, format);
    }
}
