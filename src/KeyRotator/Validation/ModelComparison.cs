using KeyRotator.Keys;
using KeyRotator.Providers;

namespace KeyRotator.Validation;

/// <summary>Compares the models that a key's consumers declared with the provider's list. Pure.</summary>
internal static class ModelComparison
{
    private const string FloatingSuffix = "-latest";

    /// <summary>What the list says of the declared models. Aliases are resolved; a list that was cut proves nothing missing.</summary>
    /// <param name="declared">As the file has them.</param>
    /// <param name="list">The provider's list.</param>
    /// <param name="digest">The list's digest, or null.</param>
    public static ModelFacts Compare(IReadOnlyList<string> declared, ModelList list, string? digest)
    {
        if (declared.Count == 0)
        {
            return digest is null ? ModelFacts.None : new ModelFacts { ListDigest = digest };
        }

        var missing = new List<string>();
        var deprecated = new List<ModelDeprecation>();
        var floating = new List<string>();
        foreach (var model in declared)
        {
            var found = Find(list, model);
            if (found is null)
            {
                missing.AddRange(list.IsWhole ? [model] : []);
                continue;
            }

            if (found.IsDeprecated || found.ShutdownAt is not null)
            {
                deprecated.Add(new ModelDeprecation(model, found.ShutdownAt, found.Replacement));
            }
            floating.AddRange(IsFloating(found, model) ? [model] : []);
        }

        return new ModelFacts { Missing = missing, Deprecated = deprecated, Floating = floating, ListDigest = digest };
    }

    // Vendors list some models under a path: "models/gemini-2.5-flash" is what requests call "gemini-2.5-flash".
    private static ListedModel? Find(ModelList list, string model)
    {
        foreach (var listed in list.Models)
        {
            if (IsName(listed.Id, model) || listed.Aliases.Any(alias => IsName(alias, model)))
            {
                return listed;
            }
        }

        return null;
    }

    private static bool IsName(string listed, string model) =>
        listed == model
            || (listed.Length > model.Length && listed.EndsWith(model, StringComparison.Ordinal) && listed[..^model.Length] == "models/");

    private static bool IsFloating(ListedModel listed, string model) =>
        model.EndsWith(FloatingSuffix, StringComparison.Ordinal)
            || (!IsName(listed.Id, model) && listed.Aliases.Any(alias => IsName(alias, model)));
}
