using System.Text.Json;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary>Several rotations, one after the other: one that fails does not stop the others. At the end it says how each came
/// out.</summary>
internal sealed class RotationBatch(CliContext context, Workbench workbench, RotationDesk desk, OutputFormat format)
{
    // One store that is down must not keep the others' keys waiting: run or check carries it on.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly List<BatchResult> _results = [];

    /// <summary>Whether each is only begun.</summary>
    public bool Detaches { get; init; }

    private bool IsJson => format is OutputFormat.Json;

    /// <summary>Tells of one key.</summary>
    public RotationTeller TellerOf(ManagedKey key) => new(context, format) { Key = key.Id.Value };

    /// <summary>Opens one and carries it on.</summary>
    /// <param name="key">The key.</param>
    /// <param name="open">Opens it; null where there is nothing to do.</param>
    /// <param name="candidate">Its value.</param>
    /// <param name="cancellationToken">Ends it early: nothing is lost.</param>
    public async Task RunAsync(
        ManagedKey key, Func<Task<RotationJournal?>> open, SecretValue candidate, CancellationToken cancellationToken)
    {
        RotationJournal? journal = null;
        try
        {
            journal = await open();
            if (journal is null)
            {
                _results.Add(new(key, null, "nothing to do", ExitCode.Success));
                return;
            }

            await CarryOnAsync(journal, candidate, cancellationToken);
            _results.Add(new(key, journal.Rotation, null, RotateCommand.ExitOf(journal.Rotation)));
        }
        catch (RotationRefusedException refusal)
        {
            _results.Add(new(key, null, refusal.Message, ExitCode.OperatorNeeded));
        }
        catch (Exception fault) when (fault is SecretStoreException or StateException or RotationLostException)
        {
            _results.Add(new(key, journal?.Rotation, fault.Message, ExitCode.Failed));
        }
    }

    /// <summary>Takes note of one that was not begun.</summary>
    public void Note(ManagedKey key, string message, ExitCode exitCode) => _results.Add(new(key, null, message, exitCode));

    /// <summary>Has the keys checked whose value is another now, and prints how each came out.</summary>
    /// <returns>The worst exit code.</returns>
    public async Task<ExitCode> FinishAsync(CancellationToken cancellationToken)
    {
        List<ManagedKey> changed = [.. _results.Where(result => result.HasChanged).Select(result => result.Key)];
        if (changed.Count > 0)
        {
            await RotationFollowUp.CheckAsync(context, workbench, changed, cancellationToken);
        }

        if (IsJson)
        {
            WriteJson();
        }
        else
        {
            WriteTable();
        }

        ExitCode[] byPrecedence = [ExitCode.Failed, ExitCode.OperatorNeeded];
        return byPrecedence.FirstOrDefault(code => _results.Exists(result => result.ExitCode == code), ExitCode.Success);
    }

    private async Task CarryOnAsync(RotationJournal journal, SecretValue candidate, CancellationToken cancellationToken)
    {
        var teller = TellerOf(journal.Key);
        teller.Opened(journal.Rotation);
        journal.Told = teller.Tell;
        try
        {
            var runner = new RotationRunner(desk, journal) { Proven = teller.Tell, StopsWhenLive = true };
            await runner.CarryOnAsync(candidate, Detaches ? TimeSpan.Zero : s_patience, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw CliException.Failed(
                $"Interrupted at {journal.Key.Id}. Nothing is lost: `keyrotator rotations list` says how each stands; "
                + "those that come after it in the file were not begun.");
        }
        finally
        {
            await journal.ReleaseAsync(CancellationToken.None);
        }

        if (IsJson)
        {
            teller.Line(json => RotationJson.Write(json, journal.Rotation));
        }
    }

    private void WriteTable()
    {
        context.Out.WriteLine();
        var table = new TextTable(
            new("KEY", Cut.Middle, 16), new("ROTATION"), new("OLD"), new("NEW"), new("PHASE", Cut.End, 8), new("", Cut.End, 24));
        foreach (var result in _results)
        {
            var rotation = result.Rotation;
            table.Add(
                result.Key.Id.Value, rotation is null ? "-" : $"{rotation.Id}", rotation?.OldFingerprint?.Short,
                rotation?.NewFingerprint.Short, rotation?.Phase.ToString(), result.Text);
        }

        table.Write(context.Out, context.LineWidth, context.Paint);
        if (_results.Exists(result => result.Rotation is { EndedAt: null }))
        {
            context.Out.WriteLine("What happens next, for each: keyrotator rotations show NUMBER");
        }
    }

    private void WriteJson()
    {
        using (var json = new Utf8JsonWriter(context.Output))
        {
            json.WriteStartObject();
            json.WriteStartArray("summary");
            foreach (var result in _results)
            {
                json.WriteStartObject();
                json.WriteString("key", result.Key.Id.Value);
                json.WriteNumberOrNull("rotation", (int?)result.Rotation?.Id);
                json.WriteString("phase", result.Rotation?.Phase.ToString());
                json.WriteString("message", result.Text);
                json.WriteNumber("exitCode", (int)result.ExitCode);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        context.Out.WriteLine();
    }

    private sealed record BatchResult(ManagedKey Key, KeyRotation? Rotation, string? Message, ExitCode ExitCode)
    {
        public string? Text => Message ?? Rotation?.Needs ?? Rotation?.Outcome;

        public bool HasChanged => Rotation is { LiveAt: not null } or { Kind: RotationKind.Sync, Phase: RotationPhase.Completed };
    }
}
