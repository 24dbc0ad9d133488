using System.Net;

namespace KeyRotator.Http;

/// <summary>Which addresses a receiver may have. Without permission only those that the whole internet can reach: an address inside, or of
/// this machine, or of the cloud's metadata service is no receiver that somebody typed by accident.</summary>
/// <remarks>Judged are resolved addresses, never names: a name may resolve to anything, and to something else a moment later. Source:
/// the IANA special-purpose address registries (RFC 6890 and its updates).</remarks>
internal sealed class AddressRules
{
    /// <summary>Carries a channel's rules with its request.</summary>
    public static readonly HttpRequestOptionsKey<AddressRules> Option = new("KeyRotator.AddressRules");

    private static readonly IPNetwork[] s_linkLocal = Networks("169.254.0.0/16", "fe80::/10");

    private static readonly IPNetwork[] s_refused = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20");

    // Everything else of IPv6 is loopback, private, link-local, multicast, NAT64 or not given to anybody.
    private static readonly IPNetwork s_global6 = IPNetwork.Parse("2000::/3");

    private readonly IReadOnlyList<IPNetwork> _allowed;
    private readonly bool _isLoopbackMeant;

    private AddressRules(IReadOnlyList<IPNetwork> allowed, bool isLoopbackMeant)
    {
        (_allowed, _isLoopbackMeant) = (allowed, isLoopbackMeant);
        var ranges = allowed.Select(range => range.ToString()).Order(StringComparer.Ordinal);
        Key = string.Join(' ', ranges.Prepend(isLoopbackMeant ? "loopback" : ""));
    }

    /// <summary>The same for rules that allow the same.</summary>
    public string Key { get; }

    /// <summary>The rules of one receiver. An address that names this machine itself, as <c>localhost</c>, <c>127.0.0.1</c> and
    /// <c>[::1]</c> do, is its own permission for that.</summary>
    /// <param name="url">The receiver's address.</param>
    /// <param name="allowed">Ranges that are allowed besides. Link-local ones only by a range within them: a range as wide as everything
    /// does not mean the metadata service.</param>
    public static AddressRules Of(Uri url, IReadOnlyList<IPNetwork> allowed) => new(allowed, NamesThisMachine(url));

    /// <summary>Whether the host is literally this machine, not a name that merely resolves to it.</summary>
    public static bool NamesThisMachine(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.DnsSafeHost, out var host) && IPAddress.IsLoopback(Unmapped(host)));

    /// <summary>Whether it is an address of the link alone, where clouds keep their metadata services.</summary>
    public static bool IsLinkLocal(IPAddress address) => Holds(s_linkLocal, Unmapped(address));

    /// <summary>Whether a connection may be made to it.</summary>
    public bool Allow(IPAddress address)
    {
        var plain = Unmapped(address);
        if (_isLoopbackMeant && IPAddress.IsLoopback(plain))
        {
            return true;
        }

        var isLinkLocal = IsLinkLocal(plain);
        return IsGlobal(plain)
            || _allowed.Any(range => Holds(range, plain) && (!isLinkLocal || s_linkLocal.Any(link => Within(range, link))));
    }

    private static bool IsGlobal(IPAddress address) =>
        !Holds(s_refused, address) && (address.GetAddressBytes().Length == 4 || s_global6.Contains(address));

    private static bool Within(IPNetwork range, IPNetwork wider) =>
        range.PrefixLength >= wider.PrefixLength && Holds(wider, range.BaseAddress);

    private static bool Holds(IEnumerable<IPNetwork> ranges, IPAddress address) => ranges.Any(range => Holds(range, address));

    private static bool Holds(IPNetwork range, IPAddress address) =>
        range.BaseAddress.AddressFamily == address.AddressFamily && range.Contains(address);

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPNetwork[] Networks(params string[] ranges) => [.. ranges.Select(range => IPNetwork.Parse(range))];
}

/// <summary>A receiver's host resolves to an address that its rules do not allow. Nothing was sent.</summary>
internal sealed class AddressRefusedException() : IOException("The address is not allowed.");
