using System.Security.Cryptography;
using System.Text;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>The members of an operator.</summary>
internal static class OperatorMembers
{
    /// <summary>The fewest characters of a token.</summary>
    public const int LeastLength = 32;

    private const string Prefix = "sha256:";

    // Neither is shown: somebody will put the one where the other belongs.
    private static readonly ScalarShape<string> s_hash = new(
        "`sha256:` and 64 hexadecimal digits",
        ScalarForm.Text($"^{Prefix}[0-9a-fA-F]{{64}}$"),
        static scalar => scalar.Text[Prefix.Length..])
    { IsShown = static _ => false };

    private static readonly ScalarShape<string> s_token = new(
        $"a token of at least {LeastLength} printable characters without spaces",
        ScalarForm.AnyText($"^[!-~]{{{LeastLength},1000}}$"),
        static scalar => scalar.IsInterpolated
            ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(scalar.Text)))
            : new Complaint("it does not belong into this file; refer to it as `${NAME}` or `${file:/path}`, or give its `tokenHash`"))
    { IsShown = static _ => false };

    /// <summary>An operator.</summary>
    public static ObjectShape<OperatorDraft> Shape { get; } = new ObjectShape<OperatorDraft>("operator", static _ => new())
        .Optional("tokenHash", "SHA-256 of the operator's token: `sha256:` and 64 hexadecimal digits.",
            s_hash.Located(), static (person, hash) => person.TokenHash = hash)
        .Optional("token", "The operator's token, by reference: `${NAME}` or `${file:/path}`. At least 32 characters.",
            s_token.Located(), static (person, hash) => person.TokenHash = hash)
        .EitherOf("tokenHash", "token");
}
