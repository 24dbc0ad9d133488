using System.Net;

namespace KeyRotator.Configuration;

/// <summary>Rules for addresses that a configuration names.</summary>
internal static class WebAddress
{
    /// <summary>A base URL: no user info, query or fragment.</summary>
    public const string BasePattern = "^https?://[^/?#@\\\\ ]+(/[^?#\\\\ ]*)?$";

    /// <summary>A receiver's URL: no user info or fragment.</summary>
    public const string ReceiverPattern = "^https?://[^/?#@\\\\ ]+([/?][^#\\\\ ]*)?$";

    /// <summary>Whether it would send a secret over the network in clear text.</summary>
    public static bool IsExposed(Uri address) => address.Scheme == Uri.UriSchemeHttp && !IsLoopback(address);

    /// <summary>Reads an absolute http or https address.</summary>
    public static Uri? Read(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "", Host.Length: > 0 }
            ? address
            : null;

    /// <summary>Whether it is an address of the link alone, where clouds keep their metadata services.</summary>
    public static bool IsLinkLocal(Uri address) => IPAddress.TryParse(address.DnsSafeHost, out var host)
        && (host.IsIPv6LinkLocal || (host.IsIPv4MappedToIPv6 ? host.MapToIPv4() : host).GetAddressBytes() is [169, 254, ..]);

    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.DnsSafeHost, out var host) && IPAddress.IsLoopback(host));
}
