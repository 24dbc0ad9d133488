using System.Text;
using KeyRotator.Alerts;
using KeyRotator.Cli.Output;
using KeyRotator.Ledger;
using KeyRotator.Secrets;

namespace KeyRotator.Cli;

/// <summary>Prints what a channel's receiver would read. The channel is asked without its secrets, so that none can be in it.</summary>
internal static class PreviewPayload
{
    private const string Hidden = "redacted";

    /// <summary>One body a line of the preview.</summary>
    public static void Write(CliContext context, OutputFormat format, IReadOnlyList<PreviewLine> lines, ChannelSettings channel)
    {
        var bare = channel with
        {
            Url = new SecretValue("https://redacted.invalid/"),
            ApiKey = channel.ApiKey is null ? null : new SecretValue(Hidden),
            Secret = null,
            PreviousSecret = null,
        };
        var bodies = lines.Select(line => Body.Of(line.Alert, bare, context.Time.GetUtcNow())).ToList();
        if (format is OutputFormat.Table)
        {
            bodies.ForEach(body => Write(context, body));
            return;
        }

        JsonOutput.Write(context, json =>
        {
            json.WriteStartArray();
            foreach (var body in bodies)
            {
                json.WriteStartObject();
                json.WriteString("finding", body.Alert.Findings is [var only] ? only.Id : null);
                json.WriteString("kind", body.Alert.Kind.ToString());
                json.WriteString("contentType", body.ContentType);
                json.WriteString("body", body.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    // The body is printed as it is where it is JSON: that escapes what would steer a terminal.
    private static void Write(CliContext context, Body body)
    {
        context.Error.WriteLine(
            AlertWords.Title(body.Alert, 200) + $" ({body.ContentType}, {Encoding.UTF8.GetByteCount(body.Text)} bytes)");
        context.Out.WriteLine(Printable.Of(body.Text));
    }

    private sealed record Body(Alert Alert, string? ContentType, string Text)
    {
        public static Body Of(Alert alert, ChannelSettings channel, DateTimeOffset now)
        {
            var kind = AlertChannels.Find(channel.Kind) ?? throw new InvalidOperationException("Unknown kind of channel.");
            using var request = kind.CreateRequest(alert, channel, now);
            using var reader = new StreamReader(request.Content?.ReadAsStream() ?? Stream.Null, Encoding.UTF8);
            return new(alert, request.Content?.Headers.ContentType?.MediaType, reader.ReadToEnd());
        }
    }
}
