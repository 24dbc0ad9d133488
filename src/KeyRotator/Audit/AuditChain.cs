using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KeyRotator.Audit;

/// <summary>What ties each row of the audit to the one before it. Pure. Keyed with nothing: anybody can check it, and whoever can rewrite
/// the whole database can make it anew, which is why its head goes out with alerts.</summary>
/// <remarks>The hash is the SHA-256, in lower-case hexadecimal digits, of a UTF-8 text: the hash of the row before, then every member of
/// the row but its hash in the order of <see cref="AuditRow"/>. Each is written as its length in bytes, a colon, its text, and a comma;
/// numbers in decimal digits, null as a lone hyphen and a comma.</remarks>
internal static class AuditChain
{
    /// <summary>What stands for the hash before the first row.</summary>
    public static string Start { get; } = new('0', 64);

    /// <summary>The hash that a row has to have behind one with the given hash.</summary>
    public static string Link(AuditRow row, string previous)
    {
        var text = new StringBuilder(512);
        Member(text, previous);
        Member(text, row.Sequence);
        Member(text, row.Ticks);
        Member(text, row.Actor);
        Member(text, row.How);
        Member(text, row.Act);
        Member(text, row.TargetKind);
        Member(text, row.Target);
        Member(text, row.Rotation);
        Member(text, row.Reason);
        Member(text, row.Outcome);
        Member(text, row.OldFingerprint);
        Member(text, row.NewFingerprint);
        Member(text, row.CheckpointSequence);
        Member(text, row.CheckpointHash);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Member(StringBuilder text, long? number) => Member(text, number?.ToString(CultureInfo.InvariantCulture));

    // The length in front leaves no two rows with the same text, whatever stands in their members.
    private static void Member(StringBuilder text, string? member)
    {
        if (member is null)
        {
            text.Append("-,");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(member)}:{member},");
    }
}
