using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Ledger;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>state copy</c>: all state from one database into another, empty one.</summary>
internal sealed class StateCopyCommand
{
    // A service leaves word of every job that it ran, several times a minute.
    private static readonly TimeSpan s_lately = TimeSpan.FromMinutes(1);

    private readonly CliContext _context;
    private readonly CommonOptions _common;
    private readonly Option<string> _from = Place("--from", "The database to copy from");
    private readonly Option<string> _to = Place("--to", "The database to copy to: empty, or not there yet");

    private StateCopyCommand(CliContext context, CommonOptions common)
    {
        _context = context;
        _common = common;
    }

    /// <summary>The verb.</summary>
    public static Command Create(CliContext context, CommonOptions common)
    {
        var copy = new StateCopyCommand(context, common);
        var command = new Command("copy", "Copy all state from one database into another, empty one. Stop what works with either first")
        {
            copy._from,
            copy._to,
        };
        command.SetAction(async (parsed, cancellationToken) => (int)await copy.RunAsync(parsed, cancellationToken));
        return command;
    }

    private static Option<string> Place(string name, string description) => new(name)
    {
        Description = $"{description}: sqlite:PATH, or postgres://USER:${{PASSWORD}}@HOST/DATABASE, as `database:` takes it",
        HelpName = "DATABASE",
        Required = true,
    };

    private async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var from = DatabaseArgument.Read(_context, "--from", parsed.GetRequiredValue(_from));
        var to = DatabaseArgument.Read(_context, "--to", parsed.GetRequiredValue(_to));
        if (from.ToString() == to.ToString())
        {
            throw CliException.Usage("--from and --to are the same database. Nothing was copied.");
        }

        DatabaseArgument.MustExist("--from", from);
        await using var source = await from.OpenAsync(_context.Time, cancellationToken);
        await using var target = await to.OpenAsync(_context.Time, cancellationToken);
        await WarnAsync("--from", source, cancellationToken);
        var copied = await new StateCopy(source, target).RunAsync(Tell, cancellationToken);
        Print(parsed, from, to, copied);
        return ExitCode.Success;
    }

    private async Task WarnAsync(string option, StateDatabase source, CancellationToken cancellationToken)
    {
        await using var transaction = await source.BeginReadAsync(cancellationToken);
        var jobs = await JobTable.AllAsync(transaction, cancellationToken);
        var last = jobs.Where(job => job.Key != Telemetry.CheckJob)
            .SelectMany(job => (DateTimeOffset?[])[job.Value.SucceededAt, job.Value.FailedAt])
            .Max();
        if (_context.Time.GetUtcNow() - last is { } ago && ago < s_lately)
        {
            await _context.Error.WriteLineAsync(FormattableString.Invariant(
                $"A service worked with {option} {Math.Max(0, ago.TotalSeconds):0} s ago. Make sure that it is stopped: what it records from now on is not copied."));
        }
    }

    private void Tell(string table, long rows) => _context.Error.WriteLine(FormattableString.Invariant($"{table}: {rows} rows"));

    private void Print(ParseResult parsed, DatabaseSettings from, DatabaseSettings to, CopiedState copied)
    {
        if (_common.FormatOf(parsed) is OutputFormat.Json)
        {
            WriteJson(from, to, copied);
            return;
        }

        var rows = copied.Rows.Values.Sum();
        _context.Out.WriteLine(
            FormattableString.Invariant($"Copied {rows} rows of {copied.Rows.Count} tables, and the installation's own."));
        _context.Out.WriteLine(
            copied.Head is { } head
                ? $"The audit's chain is whole in both: head {head}"
                : "The audit is empty in both: nothing was done yet.");
        _context.Out.WriteLine(
            $"From now on work with {Printable.Of(to.ToString())}: what {Printable.Of(from.ToString())} records is not copied.");
    }

    private void WriteJson(DatabaseSettings from, DatabaseSettings to, CopiedState copied) => JsonOutput.Write(_context, json =>
    {
        json.WriteStartObject();
        json.WriteString("from", from.ToString());
        json.WriteString("to", to.ToString());
        json.WriteStartObject("rows");
        foreach (var (table, rows) in copied.Rows)
        {
            json.WriteNumber(table, rows);
        }

        json.WriteEndObject();
        AuditJson.Write(json, "head", copied.Head);
        json.WriteEndObject();
    });
}
