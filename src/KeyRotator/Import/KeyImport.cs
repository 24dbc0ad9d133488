using System.Security.Cryptography;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;

namespace KeyRotator.Import;

/// <summary>Finds provider keys among variables: by a provider's own variable, and elsewhere by a shape that only one provider's keys
/// have.</summary>
internal static class KeyImport
{
    /// <summary>The keys in an environment.</summary>
    public static ImportResult FromEnvironment(IReadOnlyDictionary<string, string> variables) =>
        Find(variables.ToDictionary(pair => pair.Key, pair => new SecretValue(pair.Value), StringComparer.Ordinal), null, []);

    /// <summary>The keys in a <c>.env</c> file. A file that cannot be read is a fault, not an exception.</summary>
    public static ImportResult FromDotEnv(string path)
    {
        var content = DotEnvFile.Read(path);
        return Find(content.Variables, path, content.Faults);
    }

    private static ImportResult Find(IReadOnlyDictionary<string, SecretValue> variables, string? file, IReadOnlyList<ImportFault> faults)
    {
        var present = variables.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal);
        var keys = new List<ImportedKey>();
        var fingerprinter = new Fingerprinter(RandomNumberGenerator.GetBytes(Fingerprinter.SaltLength));
        var seen = new Dictionary<(string Kind, Fingerprint Value), ImportedKey>();
        foreach (var found in Candidates(present))
        {
            var identity = (found.Provider.Kind, fingerprinter.Of(present[found.Variables[0]]));
            if (seen.TryGetValue(identity, out var same))
            {
                keys[keys.IndexOf(same)] = seen[identity] = same with { Variables = [.. same.Variables, .. found.Variables] };
                continue;
            }

            var named = found with { Id = FreeId(found, keys) };
            keys.Add(named);
            seen.Add(identity, named);
        }

        return new(file, keys, faults, present.Keys.ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Providers' own variables in the order of providers, then what is recognised by shape in the order of names.</summary>
    private static IEnumerable<ImportedKey> Candidates(Dictionary<string, SecretValue> variables)
    {
        var own =
            from provider in KeyProviders.All
            from variable in provider.Profile.Variables
            where variables.ContainsKey(variable)
            let other = OtherThan(provider, variables[variable])
            select new ImportedKey(default, provider, [variable]) { IsOwnVariable = true, LooksLike = other };
        var recognised =
            from pair in variables.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            where KeyProviders.ForVariable(pair.Key) is null
            let match = KeyProviders.ForFormat(pair.Value)
            where match is not null
            select new ImportedKey(default, match.Provider, [pair.Key]);
        return own.Concat(recognised);
    }

    private static IKeyProvider? OtherThan(IKeyProvider provider, SecretValue value) =>
        KeyProviders.FormatOf(provider, value) is null ? KeyProviders.ForFormat(value)?.Provider : null;

    private static KeyId FreeId(ImportedKey found, List<ImportedKey> taken)
    {
        var kind = found.Provider.Kind;
        var variable = string.Concat(found.Variables[0].ToLowerInvariant().Take(100).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        var specific = variable.StartsWith(kind, StringComparison.Ordinal) ? variable : $"{kind}-{variable.Trim('-')}";
        var numbered = Enumerable.Range(2, taken.Count + 1).Select(number => $"{specific}-{number}");
        IEnumerable<string> wishes = found.IsOwnVariable ? [kind, specific, .. numbered] : [specific, .. numbered];
        return wishes.Select(KeyId.Parse).First(id => taken.TrueForAll(key => key.Id != id));
    }
}

/// <summary>What was found.</summary>
/// <param name="File">The <c>.env</c> file that was read, or null for an environment.</param>
/// <param name="Keys">Keys, each value once a provider.</param>
/// <param name="Faults">Lines that were not understood.</param>
/// <param name="Present">Names of all variables that are set and not empty.</param>
internal sealed record ImportResult(
    string? File, IReadOnlyList<ImportedKey> Keys, IReadOnlyList<ImportFault> Faults, IReadOnlySet<string> Present)
{
    /// <summary>The YAML of it.</summary>
    public string ToYaml() => ImportYaml.Render(this);
}

/// <summary>A key that was found. Its value is not kept.</summary>
/// <param name="Id">A suggested id, unique among those that were found together.</param>
/// <param name="Provider">Whose key it is.</param>
/// <param name="Variables">The variables that hold the value, at least one.</param>
internal sealed record ImportedKey(KeyId Id, IKeyProvider Provider, IReadOnlyList<string> Variables)
{
    /// <summary>Whether the variable is the provider's own, so that its variables for address and region speak of this key.</summary>
    public bool IsOwnVariable { get; init; }

    /// <summary>Another provider whose keys look like this, while the variable says otherwise; or null.</summary>
    public IKeyProvider? LooksLike { get; init; }
}
