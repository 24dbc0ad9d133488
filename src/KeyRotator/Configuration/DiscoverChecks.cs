using System.Text.RegularExpressions;
using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>What tags can be called in each kind of store. The names that are made of the tag's are longer by <c>-environment</c> at
/// most.</summary>
/// <remarks>Sources: AWS Secrets Manager API Reference, <c>Tag</c> and <c>Filter</c>; Google Cloud, "Labels overview"; Kubernetes, "Labels
/// and Selectors"; Vault, "KV secrets engine: custom metadata"; read 2026-11.</remarks>
internal static partial class DiscoverChecks
{
    /// <summary>Records the faults of one store's <c>discover</c>.</summary>
    public static void Run(string path, StoreDraft store, FaultList faults)
    {
        if (store.Remote.Discover is not { } discover)
        {
            return;
        }

        if (store.Remote.EngineVersion == 1)
        {
            faults.Refuse(discover.At, $"{path}.discover", "an engine of version 1 keeps no tags");
        }

        var (name, value, names, values) = Rules(store.Kind);
        Refuse(discover.Value.Tag, name, $"{path}.discover.tag", names, faults);
        Refuse(discover.Value.Value, value, $"{path}.discover.value", values, faults);
    }

    private static void Refuse(Located<string>? text, Regex rule, string path, string form, FaultList faults)
    {
        if (text is { } given && !rule.IsMatch(given.Value))
        {
            faults.Refuse(given.At, path, $"{Quote.Text(given.Value)} is not {form}");
        }
    }

    private static (Regex Name, Regex Value, string Names, string Values) Rules(string kind) => kind switch
    {
        "gcp" => (GcpLabel(), GcpValue(),
            "a label's name of up to 51 lower-case letters, digits, `_` and `-`, starting with a letter",
            "a label's value of up to 63 lower-case letters, digits, `_` and `-`"),
        "kubernetes" => (KubernetesLabel(), KubernetesValue(),
            "a label's name of up to 51 letters, digits, `-`, `_` and `.`, with or without a domain and `/` in front",
            "a label's value of up to 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends"),
        _ => (Tag(), TagValue(),
            "a tag's name of up to 116 letters, digits, spaces and `_.:/=+-@` that does not start with `aws:`",
            "a tag's value of up to 256 letters, digits, spaces and `_.:/=+-@`"),
    };

    [GeneratedRegex(@"\A[a-z][a-z0-9_-]{0,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex GcpLabel();

    [GeneratedRegex(@"\A[a-z0-9_-]{1,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex GcpValue();

    [GeneratedRegex(
        @"\A([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,49}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex KubernetesLabel();

    [GeneratedRegex(@"\A[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex KubernetesValue();

    [GeneratedRegex(
        @"\A(?![aA][wW][sS]:)[A-Za-z0-9_.:/=+@-]([A-Za-z0-9 _.:/=+@-]{0,114}[A-Za-z0-9_.:/=+@-])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\A[A-Za-z0-9 _.:/=+@-]{1,256}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagValue();
}
