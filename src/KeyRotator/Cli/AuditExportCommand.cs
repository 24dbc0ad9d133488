using System.Buffers;
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using KeyRotator.Audit;
using KeyRotator.Cli.Output;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>audit export</c>: the acts as JSON, one a line, oldest first, whatever their number.</summary>
internal static class AuditExportCommand
{
    private const int PageSize = 1000;
    private static readonly JsonWriterOptions s_line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var since = AuditOptions.Since();
        var command = new Command("export", "Write every act as JSON, one a line, oldest first") { since };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var from = AuditOptions.SinceOf(parsed.GetValue(since), context.Time.GetUtcNow());
            var settings = SettingsSource.Load(context, common.ConfigOf(parsed));
            await using var workbench = await Workbench.OpenAsync(context, settings, cancellationToken);
            await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
            var after = await AuditTable.BeforeAsync(transaction, from, cancellationToken);
            while (await AuditTable.PageAsync(transaction, after, PageSize, cancellationToken) is [.., var last] page)
            {
                await context.Output.WriteAsync(Lines(page), cancellationToken);
                after = last.Sequence;
            }
        });
        return command;
    }

    private static ReadOnlyMemory<byte> Lines(IReadOnlyList<AuditRow> rows)
    {
        var lines = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(lines, s_line);
        foreach (var row in rows)
        {
            AuditJson.Write(json, row);
            json.Flush();
            json.Reset();
            lines.Write("\n"u8);
        }

        return lines.WrittenMemory;
    }
}
