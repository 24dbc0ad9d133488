using System.CommandLine;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Rotation;

namespace KeyRotator.Cli;

/// <summary>What an operator says about a replacement beside its value. Asks for what is missing.</summary>
internal sealed class RotateTerms(CliContext context)
{
    private readonly Option<string?> _expires = new("--expires")
    {
        Description = "Last day on which the new key works",
        HelpName = "YYYY-MM-DD",
    };

    private readonly Option<string?> _grace = new("--grace")
    {
        Description = "Time that consumers get to pick it up, as in 24h",
        HelpName = "SPAN",
    };

    private readonly Option<string?> _at = new("--at")
    {
        Description = "Put it in place then, at most 7 days ahead, as in 2026-12-01T03:00Z; it waits in the key's `holding` place",
        HelpName = "TIME",
    };

    private readonly Option<bool> _emergency = new("--emergency") { Description = "The old key has leaked: no grace" };
    private readonly Option<bool> _noProof = new("--no-proof")
    {
        Description = "Do without proof that the old key is dead, where no store keeps its value",
    };

    private readonly Option<bool> _takeOver = new("--take-over")
    {
        Description = "Take over secrets that another installation of KeyRotator marked as its own",
    };

    private readonly Option<string[]> _overwrite = new("--overwrite")
    {
        Description = "Replace a value that was never seen of this key, named by its fingerprint as it was shown; may be repeated",
        HelpName = "FINGERPRINT",
    };

    /// <summary>Declares the options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_expires);
        command.Add(_grace);
        command.Add(_at);
        command.Add(_emergency);
        command.Add(_noProof);
        command.Add(_takeOver);
        command.Add(_overwrite);
    }

    /// <summary>The request that the options make.</summary>
    /// <exception cref="CliException">One of them is wrong.</exception>
    public RotationRequest Read(ParseResult parsed, ManagedKey key, ProviderInstance instance)
    {
        var request = Basic(parsed, key);
        var faults = HoldingOffice.Faults(request, context.Time.GetUtcNow()).ToList();
        return faults.Count > 0 ? throw CliException.Usage($"{string.Join('\n', faults)}\nNothing was changed.")
            : request with { ExpiresAt = parsed.GetValue(_expires) is { } expires ? Day(expires) : Ask(key, instance) };
    }

    /// <summary>The request for one key of several, where a file says when each expires. Asks nobody.</summary>
    /// <exception cref="CliException">One of the options is wrong, or is about one key alone.</exception>
    public RotationRequest ReadOne(ParseResult parsed, ManagedKey key, DateTimeOffset? expiresAt) =>
        parsed.GetValue(_expires) is not null
            ? throw CliException.Usage(
                "--expires is about one key: in a file of several, write `key-id: { value: …, expires: 2027-01-31 }`. Nothing was changed.")
            : Basic(parsed, key) with { ExpiresAt = expiresAt };

    private RotationRequest Basic(ParseResult parsed, ManagedKey key) => new()
    {
        Key = key,
        Actor = context.Actor,
        Submitter = context.Person,
        At = parsed.GetValue(_at) is { } at ? Moments.Read(at) : null,
        Grace = Grace(parsed.GetValue(_grace)),
        IsEmergency = parsed.GetValue(_emergency),
        WaivesProof = parsed.GetValue(_noProof),
        TakesOver = parsed.GetValue(_takeOver),
        Overwrites = parsed.GetValue(_overwrite) ?? [],
    };

    // Where keys expire and nobody says when, nobody is warned before this one does.
    private DateTimeOffset? Ask(ManagedKey key, ProviderInstance instance)
    {
        if (KeyProviders.Find(instance.Kind)?.Profile is not { KeysCanExpire: true } profile)
        {
            return null;
        }

        if (context.IsInputTerminal)
        {
            var answer = new TerminalPrompt(context)
                .ReadShown($"Last day of the new {profile.Title} key, as in 2027-01-31; empty if unknown");
            return string.IsNullOrWhiteSpace(answer) ? null : Day(answer.Trim());
        }

        context.Error.WriteLine(
            $"Keys of {profile.Title} can expire, and nobody said when the new one does: no warning will come before it. State the day "
            + $"with --expires YYYY-MM-DD, or as `expires` of {key.Id} in the configuration.");
        return null;
    }

    private DateTimeOffset Day(string text) =>
        !ExpiryStatements.TryParse(text, out var statement) || statement.FingerprintPrefix is not null
            ? throw CliException.Usage($"--expires takes a day as in 2027-01-31, not {Typed.Show(text)}. Nothing was changed.")
        : statement.ExpiresAt <= context.Time.GetUtcNow()
            ? throw CliException.Usage($"--expires {text} is past: the new key would be dead already. Nothing was changed.")
        : statement.ExpiresAt;

    private static TimeSpan? Grace(string? text) => text is null ? null
        : Durations.TryParse(text, out var span) ? span
        : throw CliException.Usage($"--grace takes a span as in 24h or 0s, not {Typed.Show(text)}. Nothing was changed.");
}
