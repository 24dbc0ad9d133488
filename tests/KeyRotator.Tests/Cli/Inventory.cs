using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>A configuration of two keys in a shell's folder, and what was observed of one of them.</summary>
internal static class Inventory
{
    public const string Yaml = """
        database: sqlite:keyrotator.db
        stores:
          env: { kind: env }
          local: { kind: file, path: secrets.enc, passphrase: "${PASSPHRASE}" }
        keys:
          mistral-prod:
            provider: mistral
            environment: prod
            owner: team-search
            expires: 2027-01-31
            labels: { tier: gold }
            models: [mistral-small-2603]
            locations: [{ store: env, name: MISTRAL_API_KEY }, { store: local, name: llm/mistral }]
          openai-ci:
            provider: openai
            locations: [{ store: local, name: llm/openai }]
        alerts:
          channels:
            ops: { kind: webhook, url: "${HOOK}" }
          routes: [{ channels: [ops] }]
        """;

    public static string With(this string yaml, string old, string replacement) => yaml.Replace(old, replacement, StringComparison.Ordinal);

    public static Shell Declare(this Shell shell)
    {
        shell.Write("keyrotator.yaml", Yaml);
        shell.Environment["PASSPHRASE"] = "correct horse battery staple";
        shell.Environment["HOOK"] = "http://127.0.0.1:9/hook";
        return shell;
    }

    /// <summary>Records that <c>mistral-prod</c> was rejected two minutes ago, was accepted before, and has an open finding.</summary>
    public static async Task ObserveAsync(this Shell shell)
    {
        var now = shell.Clock.GetUtcNow();
        var pass = new ScriptedPass();
        var cancelled = TestContext.Current.CancellationToken;
        await using var database = await StateDatabase.OpenAsync(Path.Combine(shell.Directory, "keyrotator.db"), shell.Clock, cancelled);
        pass.Statuses["mistral-prod"] = Status(now.AddDays(-3), Verdict.Accepted, VerdictReason.Ok, 200);
        await pass.RecordAsync(database, now.AddDays(-3), cancelled);
        pass.Statuses["mistral-prod"] = Status(now.AddMinutes(-2), Verdict.Rejected, VerdictReason.Invalid, 401);
        var subject = FindingSubject.Key("mistral-prod");
        pass.Finds(subject, FindingReason.KeyRejected, Severity.Critical, "Mistral says twice that the key is invalid. Replace it.");
        await pass.RecordAsync(database, now.AddMinutes(-2), cancelled);
    }

    private static KeyStatus Status(DateTimeOffset at, Verdict verdict, VerdictReason reason, int httpStatus) => new()
    {
        Verdict = verdict,
        Reason = reason,
        HttpStatus = httpStatus,
        KeyId = KeyId.Parse("mistral-prod"),
        Provider = "mistral",
        Version = 1,
        Fingerprint = Fingerprint.Parse(new string('a', 64)),
        FirstSeenAt = at,
        VerdictSince = at,
        CheckedAt = at,
        ExpiresAt = new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero),
        ExpirySource = ExpirySource.Declared,
    };
}
