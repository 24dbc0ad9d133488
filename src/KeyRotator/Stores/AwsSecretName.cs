using System.Buffers;

namespace KeyRotator.Stores;

/// <summary>What a secret may be called. Source: AWS Secrets Manager API Reference, <c>CreateSecret</c> and <c>SecretId</c>, read
/// 2026-11.</summary>
internal static class AwsSecretName
{
    private const int LongestName = 512;
    private const int LongestArn = 2048;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+=.@-!");

    /// <summary>Whether a name is an ARN.</summary>
    public static bool IsArn(string name) => name.StartsWith("arn:", StringComparison.Ordinal);

    /// <summary>The account that an ARN names; null for another name.</summary>
    public static string? AccountOf(string? name) =>
        name?.Split(':') is ["arn", _, _, _, { Length: > 0 } account, ..] && account.All(char.IsAsciiDigit) ? account : null;

    /// <summary>Whether text may begin a name.</summary>
    public static bool IsPrefix(string text) => text.Length <= LongestName && !text.AsSpan().ContainsAnyExcept(s_allowed);

    /// <summary>What all of the names begin with, ARNs taken for the names in them; null where there is no name.</summary>
    public static string? CommonStart(IEnumerable<string> names)
    {
        string? common = null;
        foreach (var name in names)
        {
            var start = NameIn(name);
            common = common is null ? start : common[..common.AsSpan().CommonPrefixLength(start)];
        }

        return common;
    }

    /// <summary>Why nothing can be called so in a region, or null.</summary>
    public static string? Fault(string name, string region)
    {
        if (!IsArn(name))
        {
            return IsPrefix(name) && name.Length > 0 ? null : $"a name here has 1 to {LongestName} letters, digits and /_+=.@-! only.";
        }

        return name.Split(':') is ["arn", _, "secretsmanager", var at, _, "secret", { Length: > 0 }] && name.Length <= LongestArn
            ? at == region ? null : $"the ARN is one of region {at}, and this store's is {region}."
            : "the ARN is none of a Secrets Manager secret.";
    }

    // An ARN ends with the name, a hyphen and six random characters.
    private static string NameIn(string name)
    {
        const int Suffix = 7;
        var last = IsArn(name) ? name[(name.LastIndexOf(':') + 1)..] : name;
        return last.Length == name.Length ? name : last[..Math.Max(0, last.Length - Suffix)];
    }
}
