using System.Globalization;

namespace KeyRotator.Alerts;

/// <summary>The words that say why a message was not delivered. They stand in the database and in logs; nothing in them comes from the wire
/// but a status.</summary>
internal static class DeliveryError
{
    public const string Timeout = "timeout";
    public const string Network = "network";
    public const string Dns = "dns";
    public const string Tls = "tls";
    public const string Redirect = "redirect";
    public const string Address = "address";
    public const string Gone = "gone";
    public const string Settings = "settings";
    public const string Pipe = "pipe";
    public const string UnknownChannel = "unknown-channel";
    private const string HttpPrefix = "http-";
    private const string RefusedPrefix = "refused-";

    /// <summary>The word for an answer that is no delivery.</summary>
    public static string OfStatus(int status) => string.Create(CultureInfo.InvariantCulture, $"{HttpPrefix}{status}");

    /// <summary>The word for the error at which a message was given up.</summary>
    public static string Refused(string error) => RefusedPrefix + error;

    /// <summary>Whether the word says that a message was given up.</summary>
    public static bool IsRefused(string? error) => error?.StartsWith(RefusedPrefix, StringComparison.Ordinal) == true;

    /// <summary>What the word means to an operator: half a sentence.</summary>
    public static string Explain(string? error) => error switch
    {
        Timeout => "it did not answer in time",
        Network => "it could not be reached, or broke the connection off",
        Dns => "its host name does not resolve",
        Tls => "its certificate or TLS handshake failed",
        Redirect => "it redirects, which is not followed; configure the final address",
        Address => "its host is at an address that is private, link-local or reserved, and that allowAddresses does not list",
        Gone => "it answered 410: it wants no more messages",
        Settings => "its address, kind or signing secret cannot be used",
        Pipe => "nobody reads the output that it is written to",
        UnknownChannel => "it is no longer in the configuration",
        _ when error?.StartsWith($"{HttpPrefix}2", StringComparison.Ordinal) == true =>
            $"it answered {error[HttpPrefix.Length..]}, but not that it took the message",
        _ when error?.StartsWith(HttpPrefix, StringComparison.Ordinal) == true => $"it answered {error[HttpPrefix.Length..]}",
        _ when IsRefused(error) => $"a message was given up: {Explain(error![RefusedPrefix.Length..])}",
        _ => "the cause is not known",
    };
}
