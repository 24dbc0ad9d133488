using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KeyRotator.Import;

/// <summary>Writes found keys as configuration. Values are never in it: addresses and regions are taken from their variables by
/// interpolation too.</summary>
internal static partial class ImportYaml
{
    /// <summary>The YAML, ready to be used as it is, ending in a newline.</summary>
    public static string Render(ImportResult found)
    {
        var yaml = new StringBuilder();
        foreach (var line in Lines(found))
        {
            yaml.Append(line).Append('\n');
        }

        return yaml.ToString();
    }

    private static IEnumerable<string> Lines(ImportResult found)
    {
        var placed = found.Keys.Where(key => InstanceOf(key, found) is not null);
        string[] instances = [.. placed.Select(key => InstanceLine(key, found)).Distinct()];
        return
        [
            .. Head(found),
            "stores:",
            "  env: { kind: env }",
            .. instances is [] ? [] : instances.Prepend("providers:"),
            found.Keys is [] ? "keys: {}" : "keys:",
            .. found.Keys.SelectMany(key => KeyLines(key, found)),
        ];
    }

    private static string[] Head(ImportResult found) => found.File is null
        ? ["# Found in the environment. Values are not here: KeyRotator reads each variable at every check."]
        :
        [
            $"# Found in {Printable(Path.GetFileName(found.File))}. Values are not here: KeyRotator reads each variable at every check,",
            "# from its own environment, not from that file. Start it with them set: (set -a; . ./.env; exec keyrotator check)",
        ];

    private static IEnumerable<string> KeyLines(ImportedKey key, ImportResult found) =>
    [
        $"  {key.Id}:",
        $"    provider: {InstanceOf(key, found) ?? key.Provider.Kind}{Doubt(key)}",
        "    locations:",
        .. key.Variables.Select(variable => $"      - {{ store: env, name: {Scalar(variable)} }}"),
    ];

    private static string Doubt(ImportedKey key) =>
        key.LooksLike is { } other ? $" # by its variable; it looks like a key of {other.Kind}" : "";

    /// <summary>The instance that the key needs, or null where the provider's ready one serves.</summary>
    private static string? InstanceOf(ImportedKey key, ImportResult found) =>
        AddressOf(key, found) is null && RegionOf(key, found) is null ? null : key.Provider.Kind + "-env";

    private static string InstanceLine(ImportedKey key, ImportResult found)
    {
        var (address, region) = (AddressOf(key, found), RegionOf(key, found));
        string?[] members = [$"kind: {key.Provider.Kind}", Member("baseUrl", address), Member("region", region)];
        var unset = new[] { address, region }.Where(variable => variable is not null && !found.Present.Contains(variable)).ToList();
        var advice = unset.Count == 0 ? "" : $" # set {string.Join(" and ", unset)}, or write the value here";
        return $"  {InstanceOf(key, found)}: {{ {string.Join(", ", members.OfType<string>())} }}{advice}";
    }

    private static string? Member(string name, string? variable) => variable is null ? null : $"{name}: \"${{{variable}}}\"";

    private static string? AddressOf(ImportedKey key, ImportResult found)
    {
        var profile = key.Provider.Profile;
        var isSaid = key.IsOwnVariable && profile.BaseUrlVariable is { } variable && found.Present.Contains(variable);
        return isSaid || profile.DefaultBaseUrl is null ? profile.BaseUrlVariable : null;
    }

    private static string? RegionOf(ImportedKey key, ImportResult found)
    {
        var profile = key.Provider.Profile;
        return profile.NeedsRegion ? profile.RegionVariables.FirstOrDefault(found.Present.Contains, profile.RegionVariables[0]) : null;
    }

    private static string Scalar(string text) => PlainScalar().IsMatch(text) ? text : JsonSerializer.Serialize(text);

    private static string Printable(string text) => new([.. text.Select(c => char.IsControl(c) ? '?' : c)]);

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainScalar();
}
