using System.Security.Cryptography;
using System.Text;
using KeyRotator.Configuration;

namespace KeyRotator.Cli;

/// <summary>Who acts, by the token that was given: from a file or the environment, never as an argument.</summary>
internal static class OperatorLogin
{
    /// <summary>The variable that a token is taken from.</summary>
    public const string Variable = "KEYROTATOR_OPERATOR_TOKEN";

    private const int MostBytes = 4096;

    /// <summary>The operator's name; null where no token was given.</summary>
    /// <exception cref="CliException">The token is nobody's, or cannot be read.</exception>
    public static string? NameOf(CliContext context, Settings settings)
    {
        var token = context.OperatorTokenFile is { } path
            ? Read(context, path)
            : Encoding.UTF8.GetBytes(context.Environment(Variable) ?? "");
        if (token.Length == 0)
        {
            return context.OperatorTokenFile is null ? null : throw CliException.Usage(
                $"There is no token in {Typed.Show(context.OperatorTokenFile)}. Nothing was changed.");
        }

        var given = context.OperatorTokenFile is { } file ? $"The token in {Typed.Show(file)}" : $"The token in ${Variable}";
        return Find(settings, token) ?? throw CliException.Usage(settings.Operators.Count == 0
            ? $"{given} is nobody's: the configuration names no `operators`. Nothing was changed."
            : $"{given} is none of the configured operators'. Nothing was changed.");
    }

    // Every operator is compared, and each in the same time: how long it takes tells nothing.
    private static string? Find(Settings settings, byte[] token)
    {
        var hash = SHA256.HashData(token);
        CryptographicOperations.ZeroMemory(token);
        string? name = null;
        foreach (var person in settings.Operators.Values)
        {
            name = CryptographicOperations.FixedTimeEquals(person.TokenHash.Span, hash) ? person.Name : name;
        }

        return name;
    }

    private static byte[] Read(CliContext context, string path)
    {
        try
        {
            using var stream = File.OpenRead(Path.Combine(context.Directory, path));
            var bytes = new byte[MostBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MostBytes)
            {
                throw CliException.Usage($"{Typed.Show(path)} is larger than {MostBytes} bytes: no token is so long.");
            }

            length -= length > 0 && bytes[length - 1] == '\n' ? 1 : 0;
            length -= length > 0 && bytes[length - 1] == '\r' ? 1 : 0;
            return bytes[..length];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{Typed.Show(path)}, where the operator's token should be, cannot be read.");
        }
    }
}
