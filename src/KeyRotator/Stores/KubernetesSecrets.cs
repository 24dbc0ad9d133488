using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>The calls about Secrets.</summary>
internal sealed class KubernetesSecrets(KubernetesApi api)
{
    private const string Manager = "?fieldManager=keyrotator";

    /// <summary>The Secret with its values, or null where it is absent.</summary>
    /// <exception cref="SecretStoreException">The server could not answer.</exception>
    public async Task<KubernetesSecret?> GetAsync(string operation, SecretLocation location, CancellationToken cancellationToken)
    {
        var call = About("get", operation, location, HttpMethod.Get, "");
        using var answer = await api.SendAsync(call, cancellationToken);
        return KubernetesFailures.IsAbsent(answer) ? null : api.Take(call, answer, KubernetesSecret.Parse);
    }

    /// <summary>What the Secret says of itself, or null where it is absent. No value is sent.</summary>
    /// <exception cref="SecretStoreException">The server could not answer.</exception>
    public async Task<KubernetesMetadata?> DescribeAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var call = About("get", "describe", location, HttpMethod.Get, "") with { MetadataAs = KubernetesMetadata.Kind };
        using var answer = await api.SendAsync(call, cancellationToken);
        return KubernetesFailures.IsAbsent(answer) ? null : api.Take(call, answer, KubernetesMetadata.Parse);
    }

    /// <summary>One page of a namespace's Secrets, without values.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="next">Where to go on; empty for the start.</param>
    /// <param name="size">Most Secrets of the page.</param>
    /// <param name="selector">A label selector; empty for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SecretStoreException">The server could not answer.</exception>
    public async Task<KubernetesPage> PageAsync(
        string ns, string next, int size, string selector, CancellationToken cancellationToken)
    {
        var query = $"?limit={size}{Parameter("labelSelector", selector)}{Parameter("continue", next)}";
        var call = new KubernetesCall("list", "list", HttpMethod.Get, new KubernetesTarget(ns, "").Path + query)
        {
            Namespace = ns,
            MetadataAs = KubernetesPage.Kind,
        };
        using var answer = await api.SendAsync(call, cancellationToken);
        return api.Take(call, answer, KubernetesPage.Parse);
    }

    /// <summary>The call that changes a Secret; its answer has no values.</summary>
    public KubernetesCall Patch(string operation, SecretLocation location, byte[] body) =>
        About("patch", operation, location, HttpMethod.Patch, Manager) with
        {
            MetadataAs = KubernetesMetadata.Kind,
            IsPatch = true,
            Body = body,
        };

    /// <summary>The call that makes a Secret; its answer has no values.</summary>
    public KubernetesCall Create(SecretLocation location, byte[] body)
    {
        var ns = Target("write", location).Namespace;
        return new("create", "write", HttpMethod.Post, new KubernetesTarget(ns, "").Path + Manager)
        {
            Location = location,
            Namespace = ns,
            MetadataAs = KubernetesMetadata.Kind,
            Body = body,
        };
    }

    /// <summary>The call that removes exactly this version of a Secret.</summary>
    public KubernetesCall Delete(SecretLocation location, SecretVersion version) =>
        About("delete", "remove", location, HttpMethod.Delete, "") with
        {
            Body = KubernetesJson.Write(256, json =>
            {
                json.WriteString("apiVersion", "v1");
                json.WriteString("kind", "DeleteOptions");
                json.WriteStartObject("preconditions");
                json.WriteString("resourceVersion", version.Id);
                json.WriteEndObject();
            }),
        };

    /// <summary>The Secret that a location means.</summary>
    /// <exception cref="SecretStoreException">It names none.</exception>
    public KubernetesTarget Target(string operation, SecretLocation location) =>
        KubernetesNames.Target(location, operation, api.Open(operation, location).Namespace);

    private static string Parameter(string name, string value) => value.Length == 0 ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private KubernetesCall About(string verb, string operation, SecretLocation location, HttpMethod method, string query)
    {
        var target = Target(operation, location);
        return new(verb, operation, method, target.Path + query) { Location = location, Namespace = target.Namespace };
    }
}
