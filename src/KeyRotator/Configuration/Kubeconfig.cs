using System.Text;
using System.Text.Json.Nodes;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Secrets;
using YamlDotNet.Core.Events;

namespace KeyRotator.Configuration;

/// <summary>One context of a kubeconfig file: where the API server is, and who asks.</summary>
/// <remarks>What would start a program or lower the checks is refused: <c>exec</c>, <c>auth-provider</c>, passwords,
/// <c>insecure-skip-tls-verify</c>. A class, not a record: a record would print its members.
/// Source: kubernetes.io/docs/reference/config-api/kubeconfig.v1, read 2026-11.</remarks>
internal sealed class Kubeconfig
{
    private const int MaxFile = 1024 * 1024;
    private static readonly string[] s_refusedOfUsers = ["exec", "auth-provider", "username", "password", "as", "as-uid", "as-groups"];
    private static readonly string[] s_refusedOfClusters = ["insecure-skip-tls-verify", "tls-server-name", "proxy-url"];

    /// <summary>The API server's address.</summary>
    public required Uri Server { get; init; }

    /// <summary>The context's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The authorities to trust, as PEM, or null.</summary>
    public string? Authority { get; init; }

    /// <summary>The client's certificate, as PEM, or null.</summary>
    public string? Certificate { get; init; }

    /// <summary>Its key, as PEM, or null.</summary>
    public SecretValue? Key { get; init; }

    /// <summary>The token, or null.</summary>
    public SecretValue? Token { get; init; }

    /// <summary>Absolute path of a file with the token, or null. It may rotate: read it for each call.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Reads the file's current context, or the named one.</summary>
    /// <exception cref="InvalidDataException">It says nothing usable. The message is a sentence that follows the file's name.</exception>
    public static Kubeconfig Read(string path, string? context)
    {
        var root = Parse(path);
        var name = context ?? Text(root, "current-context")
            ?? throw new InvalidDataException("names no current context: give `context`.");
        var chosen = Named(root, "contexts", "context", name);
        var cluster = Named(root, "clusters", "cluster", Text(chosen, "cluster") ?? "");
        var user = Named(root, "users", "user", Text(chosen, "user") ?? "");
        Refuse(cluster, s_refusedOfClusters, "cluster");
        Refuse(user, s_refusedOfUsers, "user");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var key = Pem(user, "client-key", folder);
        return new()
        {
            Server = ServerOf(cluster),
            Namespace = Text(chosen, "namespace"),
            Authority = Pem(cluster, "certificate-authority", folder),
            Certificate = Pem(user, "client-certificate", folder),
            Key = key is null ? null : new SecretValue(key),
            Token = Text(user, "token") is { } token ? new SecretValue(token) : null,
            TokenFile = Text(user, "tokenFile") is { } file ? Path.Combine(folder, file) : null,
        };
    }

    private static JsonObject Parse(string path)
    {
        var content = FileContent.Read(path, MaxFile);
        if (content.Complaint is { } complaint)
        {
            throw new InvalidDataException($"{complaint}.");
        }

        try
        {
            using var text = new StreamReader(
                new MemoryStream(content.Bytes.Array ?? [], content.Bytes.Offset, content.Bytes.Count), Encoding.UTF8);
            var events = new YamlEvents(text);
            var root = events.IsEmpty ? null : Node(events);
            events.Finish();
            return root as JsonObject ?? throw new InvalidDataException("is no kubeconfig: it holds no members.");
        }
        catch (YamlFaultException fault)
        {
            // Its text is not passed on: the file holds secrets, and a parser may quote them.
            throw new InvalidDataException($"is not plain YAML at line {fault.At.Line}.");
        }
    }

    // Recursion ends: the events are no deeper than YamlEvents.MaxDepth.
    private static JsonNode? Node(YamlEvents events)
    {
        switch (events.Current)
        {
            case MappingStart:
                var map = new JsonObject();
                for (events.MoveNext(); events.Current is not MappingEnd;)
                {
                    var name = events.Current is Scalar { Value: var member } ? member : "";
                    events.MoveNext();
                    map[name] = Node(events);
                }

                events.MoveNext();
                return map;
            case SequenceStart:
                var list = new JsonArray();
                for (events.MoveNext(); events.Current is not SequenceEnd;)
                {
                    list.Add(Node(events));
                }

                events.MoveNext();
                return list;
            default:
                var text = (events.Current as Scalar)?.Value;
                events.MoveNext();
                return string.IsNullOrEmpty(text) ? null : JsonValue.Create(text);
        }
    }

    private static JsonObject Named(JsonObject root, string list, string member, string name) =>
        (root[list] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(entry => Text(entry, "name") == name)?[member] as JsonObject
        ?? throw new InvalidDataException(
            name.Length == 0 ? $"has a context without {member}." : $"has no {member} named `{name}` among its {list}.");

    private static void Refuse(JsonObject entry, string[] refused, string kind)
    {
        var found = refused.FirstOrDefault(member => entry[member] is not null && Text(entry, member) != "false");
        if (found is not null)
        {
            throw new InvalidDataException(
                $"has `{found}` for the {kind}, which is not supported: give a token, a tokenFile or a client certificate, "
                + "and a server that is reached and verified directly.");
        }
    }

    private static Uri ServerOf(JsonObject cluster) =>
        WebAddress.Read(Text(cluster, "server") ?? "") is { } server && !WebAddress.IsExposed(server) && !WebAddress.IsLinkLocal(server)
            ? server
            : throw new InvalidDataException("has a cluster without an https address of a server in `server`, without user info.");

    private static string? Pem(JsonObject entry, string member, string folder)
    {
        if (Text(entry, $"{member}-data") is { } data)
        {
            var bytes = new byte[data.Length];
            return Convert.TryFromBase64String(data, bytes, out var length)
                ? Encoding.UTF8.GetString(bytes, 0, length)
                : throw new InvalidDataException($"has `{member}-data` that is no base64.");
        }

        if (Text(entry, member) is not { } path)
        {
            return null;
        }

        var content = FileContent.Read(Path.Combine(folder, path), MaxFile);
        return content.Complaint is { } complaint
            ? throw new InvalidDataException($"names a file in `{member}` that {complaint}.")
            : Encoding.UTF8.GetString(content.Bytes);
    }

    private static string? Text(JsonObject entry, string member) =>
        entry[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
