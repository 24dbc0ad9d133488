using System.Text.Json;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Rotation;

namespace KeyRotator.Cli.Output;

/// <summary>Tells of a rotation while it happens: a line a step, or a JSON document a line.</summary>
internal sealed class RotationTeller(CliContext context, OutputFormat format)
{
    private const int Indent = 10;
    private readonly StepList _steps = new(context);

    /// <summary>Whether it tells in JSON.</summary>
    public bool IsJson => format is OutputFormat.Json;

    /// <summary>The key that is told of, where several are; else null.</summary>
    public string? Key { get; init; }

    /// <summary>It was opened.</summary>
    public void Opened(KeyRotation rotation)
    {
        if (!IsJson)
        {
            var old = rotation.OldFingerprint?.Short ?? "no value";
            context.Out.WriteLine($"Rotation {rotation.Id} of {rotation.KeyId}: {old} -> {rotation.NewFingerprint.Short}");
            context.Out.Flush();
        }
    }

    /// <summary>The candidate was tested.</summary>
    public void Tell(ProofReport report)
    {
        foreach (var test in report.Tests)
        {
            if (IsJson)
            {
                LineOfKey(json =>
                {
                    json.WriteString("test", test.Name);
                    json.WriteString("outcome", test.Outcome.ToString());
                    json.WriteString("message", test.Message);
                });
                continue;
            }

            var message = test.Outcome is ProofOutcome.Warning ? $"warning: {test.Message}" : test.Message;
            _steps.Write(test.Outcome is not ProofOutcome.Failed, test.Name, message);
        }

        context.Out.Flush();
    }

    /// <summary>Something happened.</summary>
    public void Tell(RotationEvent told)
    {
        if (IsJson)
        {
            LineOfKey(json =>
            {
                json.WriteTime("at", told.At);
                json.WriteString("what", told.What);
            });
        }
        else
        {
            context.Out.WriteLine($"{told.At:HH:mm:ss}  {TextWrap.Wrap(Printable.Of(told.What), context.LineWidth, Indent)}");
        }

        context.Out.Flush();
    }

    /// <summary>How it stands, and what happens next.</summary>
    public void Stands(KeyRotation rotation, ManagedKey? key, Settings settings, DateTimeOffset now, string? stranded = null)
    {
        if (IsJson)
        {
            Line(json => RotationJson.Write(json, rotation));
            return;
        }

        context.Out.WriteLine();
        foreach (var line in RotationAdvice.Of(rotation, key is null ? null : settings.RevokeUrl(key), now, stranded))
        {
            context.Out.WriteLine(TextWrap.Wrap(Printable.Of(line), context.LineWidth, 0));
        }
    }

    private void LineOfKey(Action<Utf8JsonWriter> write) => Line(json =>
    {
        if (Key is not null)
        {
            json.WriteString("key", Key);
        }

        write(json);
    });

    /// <summary>A JSON document on a line of its own.</summary>
    public void Line(Action<Utf8JsonWriter> write)
    {
        context.Out.Flush();
        using (var json = new Utf8JsonWriter(context.Output))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        context.Out.WriteLine();
        context.Out.Flush();
    }
}
