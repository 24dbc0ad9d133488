using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>A filter of <c>ListSecrets</c>: what it names begins with the text, in the case given.</summary>
/// <remarks>Source: AWS Secrets Manager API Reference, <c>Filter</c>, read 2026-11.</remarks>
/// <param name="Name">Its name, such as <c>name</c> or <c>tag-key</c>.</param>
/// <param name="Text">The beginning.</param>
internal sealed record AwsFilter(string Name, string Text)
{
    private const char Negation = '!';

    /// <summary>Writes those that narrow the listing. An empty text means all, and one that starts with <c>!</c> would ask for all the
    /// others.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<AwsFilter> filters)
    {
        var useful = filters.Where(filter => filter.Text.Length > 0 && filter.Text[0] != Negation).ToList();
        if (useful.Count == 0)
        {
            return;
        }

        json.WriteStartArray("Filters");
        foreach (var filter in useful)
        {
            json.WriteStartObject();
            json.WriteString("Key", filter.Name);
            AwsWire.WriteTexts(json, "Values", [filter.Text]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
