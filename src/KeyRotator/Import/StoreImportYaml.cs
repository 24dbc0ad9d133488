using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.Keys;

namespace KeyRotator.Import;

/// <summary>Writes keys found in a store as entries of a configuration. Values are never in it.</summary>
internal static partial class StoreImportYaml
{
    private const int LongestId = 200;

    /// <summary>The YAML of those that are at no declared location, ending in a newline. A value that stands at several places is one key
    /// with several locations.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="declared">Locations that the configuration has already.</param>
    public static string Render(StoreImportResult found, IReadOnlySet<SecretLocation> declared)
    {
        var fresh = found.Keys.Where(key => !declared.Contains(key.Location)).ToList();
        var known = found.Keys.Count - fresh.Count;
        var yaml = new StringBuilder()
            .Append($"# Found in {found.Store}: {found.Keys.Count} keys in {found.Secrets} secrets")
            .Append(known == 0 ? ".\n" : $", {known} of them declared already.\n")
            .Append(
                "# Values are not here: KeyRotator reads each secret at every check. Behind a location stands its value's fingerprint.\n")
            .Append(fresh.Count == 0 ? "keys: {}\n" : "keys:\n");
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in fresh.GroupBy(key => (key.Provider.Kind, key.Fingerprint)))
        {
            Append(yaml, [.. group], taken);
        }

        return yaml.ToString();
    }

    private static void Append(StringBuilder yaml, IReadOnlyList<StoredKey> places, HashSet<string> taken)
    {
        var doubt = places[0].LooksLike is { } other ? $" # by its name; it looks like a key of {other.Kind}" : "";
        yaml.Append($"  {Scalar(FreeId(places[0].Location, taken))}:\n    provider: {places[0].Provider.Kind}{doubt}\n    locations:\n");
        foreach (var place in places)
        {
            var field = place.Location.Field is { } name ? $", field: {Scalar(name)}" : "";
            yaml.Append(
                $"      - {{ store: {place.Location.Store}, name: {Scalar(place.Location.Name)}{field} }} # {place.Fingerprint.Short}\n");
        }
    }

    private static string FreeId(SecretLocation location, HashSet<string> taken)
    {
        var text = location.Field is null ? $"{location.Store}/{location.Name}" : $"{location.Store}/{location.Name}/{location.Field}";
        var wish = string.Concat(
            text.Take(LongestId - 10).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' ? c : '-'));
        return Enumerable.Range(1, taken.Count + 1).Select(number => number == 1 ? wish : $"{wish}-{number}").First(taken.Add);
    }

    private static string Scalar(string text) => PlainScalar().IsMatch(text) ? text : JsonSerializer.Serialize(text);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_./-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainScalar();
}
