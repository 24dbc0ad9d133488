using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotator.Configuration.Shapes;

/// <summary>A scalar after interpolation.</summary>
/// <param name="Text">What it says.</param>
/// <param name="IsPlain">Written without quotes.</param>
/// <param name="IsInterpolated">Came, in part at least, from the environment or a mounted file: never to be printed.</param>
internal readonly record struct ScalarText(string Text, bool IsPlain, bool IsInterpolated);

/// <summary>What is wrong with a value beyond not being what was expected. Never a value's text.</summary>
internal sealed record Complaint(string Text);

/// <summary>What came of reading a scalar: a value or a complaint.</summary>
internal readonly record struct Parsed<T>(T? Value, Complaint? Complaint)
{
    public static implicit operator Parsed<T>(T value) => new(value, null);

    public static implicit operator Parsed<T>(Complaint complaint) => new(default, complaint);
}

/// <summary>A single value.</summary>
/// <param name="expected">What it must be, in words that follow "is not".</param>
/// <param name="form">What it looks like.</param>
/// <param name="parse">Reads the text.</param>
internal sealed class ScalarShape<T>(string expected, ScalarForm form, Func<ScalarText, Parsed<T>> parse) : Shape<T>
{
    private Regex? _pattern;

    /// <summary>Whether its text may be printed in a fault.</summary>
    public Func<string, bool> IsShown { get; init; } = static _ => true;

    /// <summary>What to say of text that does not match the pattern, beyond that. It never quotes the text.</summary>
    public Func<string, string> Advice { get; init; } = static _ => "";

    public override bool TryRead(NodeReader reader, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        var at = reader.At;
        if (!reader.TryTakeScalar(expected, out var scalar))
        {
            return false;
        }

        var parsed = Parse(scalar);
        if (parsed.Complaint is { } complaint)
        {
            reader.Refuse(at, $"{Shown(scalar)} is not {expected}{(complaint.Text.Length > 0 ? ": " : "")}{complaint.Text}");
            return false;
        }

        value = parsed.Value!;
        return true;
    }

    public override JsonObject Describe(SchemaDefinitions definitions) => definitions.OrInterpolated(form.Describe());

    private Parsed<T> Parse(ScalarText scalar)
    {
        if (form.Pattern is { } pattern && !(_pattern ??= ScalarForm.Compile(pattern)).IsMatch(scalar.Text))
        {
            return new Complaint(Advice(scalar.Text));
        }

        return form.IsTextOnly && scalar is { IsPlain: true, IsInterpolated: false } && !CoreSchema.IsText(scalar.Text)
            ? new Complaint("YAML reads it as a number or boolean, write it in quotes")
            : parse(scalar);
    }

    private string Shown(ScalarText scalar) => scalar switch
    {
        { IsInterpolated: true } => "the value that `${…}` stands for (not shown)",
        _ when !IsShown(scalar.Text) => "the value (not shown)",
        _ => Quote.Text(scalar.Text),
    };
}
