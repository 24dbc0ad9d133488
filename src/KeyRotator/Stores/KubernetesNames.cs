using System.Text.RegularExpressions;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Names as Kubernetes takes them, checked before any call.</summary>
/// <remarks>Source: kubernetes.io/docs/concepts/overview/working-with-objects/names and …/configuration/secret, read 2026-11.</remarks>
internal static partial class KubernetesNames
{
    /// <summary>The Secret that a location names, as <c>name</c> or <c>namespace/name</c>.</summary>
    /// <exception cref="SecretStoreException">It names none.</exception>
    public static KubernetesTarget Target(SecretLocation location, string operation, string defaultNamespace)
    {
        var target = Split(location.Name, defaultNamespace);
        var advice = target switch
        {
            _ when !IsNamespace(target.Namespace) =>
                "its namespace is no RFC 1123 label: up to 63 lower-case letters, digits and `-`; give `secret` or `namespace/secret`.",
            _ when !IsSecret(target.Name) => "its name is no RFC 1123 subdomain: up to 253 lower-case letters, digits, `-` and `.`.",
            _ when location.Field is { } field && !IsKey(field) =>
                "its field is no key of a Secret: up to 253 letters, digits, `-`, `_` and `.`.",
            _ => null,
        };
        return advice is null ? target : throw new SecretStoreException(location.Store, operation, location, isTransient: false, advice);
    }

    /// <summary>Namespace and rest of a name, unchecked.</summary>
    public static KubernetesTarget Split(string name, string defaultNamespace) =>
        name.Split('/', 2) is [var first, var rest] ? new(first, rest) : new(defaultNamespace, name);

    /// <summary>Whether a namespace can have this name.</summary>
    public static bool IsNamespace(string name) => name.Length <= 63 && Label().IsMatch(name);

    /// <summary>Whether an annotation of ours can have this name.</summary>
    public static bool IsAnnotation(string name) => name.Length <= 63 && Qualified().IsMatch(name);

    private static bool IsSecret(string name) => name.Length <= 253 && Subdomain().IsMatch(name);

    private static bool IsKey(string field) => field.Length <= 253 && field is not ("." or "..") && Key().IsMatch(field);

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Key();

    [GeneratedRegex(@"\A[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Qualified();
}
