namespace KeyRotator.Stores;

/// <summary>Finds where a store lets a secret be made: beside the declared ones.</summary>
internal static class TrialFolder
{
    /// <summary>The folder that all names share, with its slash; empty where they share none.</summary>
    public static string Of(IEnumerable<string> names)
    {
        string? shared = null;
        foreach (var name in names.Select(NameOf))
        {
            shared = shared is null ? name : shared[..shared.AsSpan().CommonPrefixLength(name)];
            shared = shared[..(shared.LastIndexOf('/') + 1)];
        }

        return shared ?? "";
    }

    // An ARN ends with the secret's name.
    private static string NameOf(string name) => AwsSecretName.IsArn(name) ? name[(name.LastIndexOf(':') + 1)..] : name;
}
