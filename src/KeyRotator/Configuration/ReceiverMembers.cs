using System.Net;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>Members of whatever is called at an address of the operator's choice.</summary>
internal static class ReceiverMembers
{
    /// <summary>What <c>allowAddresses</c> is for.</summary>
    public const string AllowAddresses =
        "Ranges such as `10.0.0.0/8` in which the host may be although the internet cannot reach them. Default none.";

    private const string Range = "a range of addresses such as `10.0.0.0/8` or `fd00::/8`, its first address and the number of fixed bits";

    /// <summary>Ranges of addresses.</summary>
    public static ListShape<IPNetwork> Ranges { get; } = new(new ScalarShape<IPNetwork>(
        Range,
        ScalarForm.Text("^[0-9A-Fa-f.:]+/[0-9]{1,3}$"),
        static scalar => TryParse(scalar.Text, out var range) ? range : new Complaint("")))
    { Least = 1 };

    /// <summary>The sign of life.</summary>
    public static ObjectShape<HeartbeatDraft> Heartbeat { get; } = new ObjectShape<HeartbeatDraft>("heartbeat", static _ => new())
        .Required("url", "What is asked, with GET. A secret as a whole. Plain http only to loopback, or with allowInsecure.",
            Values.ReceiverUrl.Located(), static (heartbeat, url) => heartbeat.Url = url)
        .Optional("every", "How often, at least. Least 1m. Default 5m.",
            Values.Duration(TimeSpan.FromMinutes(1)), static (heartbeat, every) => heartbeat.Every = every)
        .Optional("allowInsecure", "Whether plain http to another host is meant. Default false.",
            Values.Flag, static (heartbeat, flag) => heartbeat.AllowInsecure = flag)
        .Optional("allowAddresses", AllowAddresses, Ranges, static (heartbeat, ranges) => heartbeat.AllowAddresses = ranges);

    // 10.0.0.1/8 is taken for 10.0.0.0/8 by the framework; one of its two parts is not what was meant.
    private static bool TryParse(string text, out IPNetwork range) =>
        IPNetwork.TryParse(text, out range)
        && IPAddress.TryParse(text[..text.IndexOf('/', StringComparison.Ordinal)], out var first)
        && first.Equals(range.BaseAddress);
}
