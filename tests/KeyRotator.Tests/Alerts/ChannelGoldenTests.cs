using System.Text.Encodings.Web;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>What each channel sends in each situation, as files that people read: <c>Alerts/Golden</c>.</summary>
/// <remarks>Where a change is meant, run with <c>KEYROTATOR_WRITE_GOLDEN=1</c>, and look at what changed as the person on call
/// would.</remarks>
public sealed class ChannelGoldenTests
{
    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly AlertFinding s_rejected = AnAlert.Finding() with
    {
        Message = "Mistral says that the key is invalid or revoked. Create a replacement, then: keyrotator rotate mistral-prod.",
        Provider = "mistral",
        Environment = "prod",
        Owner = "team-search",
        Fingerprint = "3f2a9c01b7de",
        ExpiresAt = AnAlert.At.AddDays(40),
        ConsoleUrl = "https://console.mistral.ai/api-keys",
        RunbookUrl = "https://docs.example/runbooks/KeyRejected#team-search",
    };

    private static readonly AlertFinding s_expiring = AnAlert.Finding("openai-batch", FindingReason.KeyExpiring, Severity.Warning) with
    {
        Id = "fnd_2",
        Message = "Expires on 2026-12-21 (declared). Create a replacement before then.",
        Provider = "openai",
        Rung = 30,
    };

    private static readonly Dictionary<string, Alert> s_situations = new()
    {
        ["test"] = AnAlert.Of(AlertKind.Test) with { Severity = Severity.Info },
        ["trigger"] = AnAlert.Of(AlertKind.Trigger, s_rejected),
        ["reminder"] = AnAlert.Of(AlertKind.Reminder, s_rejected),
        ["resolved"] = AnAlert.Of(AlertKind.Resolved, s_rejected with { ResolvedAt = AnAlert.At.AddHours(1) }),
        ["withdrawn"] = AnAlert.Of(AlertKind.Withdrawn, s_rejected with
        {
            ResolvedAt = AnAlert.At.AddHours(1),
            Message = $"{s_rejected.Message} Withdrawn, not fixed: the key was suspended by ops@bastion (moving house).",
        }),
        ["digest"] = AnAlert.Of(AlertKind.Digest, s_rejected, s_expiring) with { Omitted = 3 },
        ["group"] = AnAlert.Of(
            AlertKind.Digest,
            s_rejected with { Change = AlertKind.Trigger },
            s_rejected with { Id = "fnd_3", Subject = "mistral-batch", Change = AlertKind.Reminder },
            s_rejected with
            {
                Id = "fnd_4",
                Subject = "mistral-eval",
                Change = AlertKind.Resolved,
                ResolvedAt = AnAlert.At.AddHours(1),
            }) with
        {
            Omitted = 97,
            Incident = "msg_1",
            Common = "KeyRejected, mistral",
            Tally = new(97, 2, 1, 0),
        },
        ["group-over"] = AnAlert.Of(
            AlertKind.Resolved,
            s_rejected with { Change = AlertKind.Resolved, ResolvedAt = AnAlert.At.AddHours(1) },
            s_rejected with
            {
                Id = "fnd_3",
                Subject = "mistral-batch",
                Change = AlertKind.Resolved,
                ResolvedAt = AnAlert.At.AddHours(1),
            }) with
        {
            Incident = "msg_1",
            Common = "KeyRejected, mistral",
            Tally = new(0, 0, 2, 0),
        },
    };

    public static TheoryData<string, string> Cases =>
        new(from kind in AlertChannels.Kinds from situation in s_situations.Keys select (kind, situation));

    private static string Folder => Path.Combine(Repository.Root, "tests", "KeyRotator.Tests", "Alerts", "Golden");

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task CreateRequest_Situation_IsTheGoldenPayload(string kind, string situation)
    {
        var token = TestContext.Current.CancellationToken;
        var channel = AlertChannels.Find(kind)!;
        using var request = channel.CreateRequest(s_situations[situation], Settings(channel), AnAlert.At);
        var body = JsonSerializer.Serialize(JsonElement.Parse(await request.Content!.ReadAsByteArrayAsync(token)), s_readable);
        var sent = $"{request.Method} {request.RequestUri!.AbsoluteUri}\n{body}\n".ReplaceLineEndings("\n");

        var path = Path.Combine(Folder, $"{kind}-{situation}.http");
        if (Environment.GetEnvironmentVariable("KEYROTATOR_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Folder);
            await File.WriteAllTextAsync(path, sent, token);
        }

        sent.ShouldBe((await File.ReadAllTextAsync(path, token)).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Folder_HasNoFileThatNoTestReads() =>
        Directory.EnumerateFiles(Folder).Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(AlertChannels.Kinds.SelectMany(kind => s_situations.Keys.Select(name => $"{kind}-{name}")), ignoreOrder: true);

    private static ChannelSettings Settings(IAlertChannel channel) => new()
    {
        Name = "ops",
        Kind = channel.Kind,
        Url = new SecretValue(channel.DefaultUrl?.OriginalString ?? "https://hooks.example/services/T0/B0/made-up"),
        ApiKey = new SecretValue(new string('0', 32)),
    };
}
