using System.Diagnostics;
using System.Text.Json;
using KeyRotator.Alerts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>Libraries that no one here wrote, those of Standard Webhooks and of CloudEvents for JavaScript, judge what a receiver
/// gets.</summary>
public sealed class WebhookPeerTests
{
    private const string FolderVariable = "KEYROTATOR_WEBHOOKS_JS";
    private const string Advice = $"{FolderVariable} names no folder with standardwebhooks and cloudevents. Get them with: "
        + $"npm install --prefix FOLDER standardwebhooks@1.1.1 cloudevents@10.0.0; then set {FolderVariable}=FOLDER";

    private const string Secret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";
    private const string Older = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    private const string Script = """
        const assert = require("node:assert/strict");
        const from = require("node:module").createRequire(process.env.FOLDER + "/package.json");
        const { Webhook } = from("standardwebhooks");
        const { HTTP } = from("cloudevents");
        const sent = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
        const [current, older, other] = process.env.SECRETS.split(" ");
        for (const { headers, body } of sent) {
            assert.deepEqual(new Webhook(current).verify(body, headers), JSON.parse(body));
            assert.deepEqual(new Webhook(older).verify(body, headers), JSON.parse(body));
            assert.throws(() => new Webhook(other).verify(body, headers), /No matching signature/);
            assert.throws(() => new Webhook(current).verify(body + " ", headers), /No matching signature/);
            if (headers["content-type"].startsWith("application/cloudevents+json")) {
                const event = HTTP.toEvent({ headers, body });
                assert.equal(event.validate(), true);
                assert.equal(event.id, headers["webhook-id"]);
                assert.equal(event.source, "urn:keyrotator:5ae742a0");
                assert.match(event.type, /^keyrotator\.[a-z.]+$/);
                assert.equal(event.data.alertId, event.id);
            }
        }
        console.log("judged " + sent.length);
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateRequest_JudgedByOthersLibraries_IsSignedAndValid()
    {
        var folder = Locate();
        var sent = new List<object>();
        foreach (var format in Enum.GetValues<WebhookFormat>())
        {
            foreach (var kind in Enum.GetValues<AlertKind>())
            {
                sent.Add(await RequestAsync(format, kind));
            }
        }

        (await RunAsync(folder, JsonSerializer.Serialize(sent))).ShouldBe($"judged {sent.Count}");
    }

    private static async Task<object> RequestAsync(WebhookFormat format, AlertKind kind)
    {
        var alert = AnAlert.Of(
            kind, AnAlert.Finding("ключ <!channel> 🔑\u202E") with { Message = "a\r\nb\0" }) with
        { Installation = "5ae742a0" };
        var settings = AnAlert.Channel(secret: Secret, previous: Older) with { Format = format };
        using var request = new WebhookChannel().CreateRequest(alert, settings, TimeProvider.System.GetUtcNow());
        return new
        {
            headers = request.Headers.Concat(request.Content!.Headers)
                .ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value)),
            body = await request.Content.ReadAsStringAsync(Token),
        };
    }

    private static async Task<string> RunAsync(string folder, string input)
    {
        var start = new ProcessStartInfo("node", ["-e", Script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["FOLDER"], start.Environment["SECRETS"]) = (folder, $"{Secret} {Older} {Other}");
        using var process = Process.Start(start)!;
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), Token);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(Token);
            var errors = await process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            process.ExitCode.ShouldBe(0, errors);
            return (await output).Trim();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static string Locate()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
        {
            return folder;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }
}
