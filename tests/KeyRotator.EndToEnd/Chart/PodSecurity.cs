using System.Text.Json.Nodes;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Pod Security <c>restricted</c>, and a root that is read-only.</summary>
/// <remarks>Source: kubernetes.io/docs/concepts/security/pod-security-standards, read 2026-11.</remarks>
internal static class PodSecurity
{
    private static readonly string[] s_volumes =
        ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];

    private static readonly string[] s_host = ["hostNetwork", "hostPID", "hostIPC"];

    /// <summary>The members of a pod's spec that break it; none where it keeps it.</summary>
    public static IReadOnlyList<string> Violations(JsonNode pod) =>
    [
        .. s_host.Where(member => pod.Text(member) == "true"),
        .. pod.Items("volumes").SelectMany(volume => volume.AsObject()).Select(member => member.Key).Where(IsForeign),
        .. pod.Items("containers").Concat(pod.Items("initContainers")).SelectMany(container => OfContainer(pod, container)),
    ];

    private static bool IsForeign(string member) => member != "name" && !s_volumes.Contains(member);

    private static IEnumerable<string> OfContainer(JsonNode pod, JsonNode container)
    {
        var own = container.At("securityContext");
        var rules = new (string Member, bool Kept)[]
        {
            ("privileged", own.Text("privileged") is "" or "false"),
            ("allowPrivilegeEscalation", own.Text("allowPrivilegeEscalation") == "false"),
            ("readOnlyRootFilesystem", own.Text("readOnlyRootFilesystem") == "true"),
            ("capabilities.drop", own.Texts("capabilities.drop").Contains("ALL")),
            ("capabilities.add", own.Texts("capabilities.add").All(name => name == "NET_BIND_SERVICE")),
            ("procMount", own.Text("procMount") is "" or "Default"),
            ("hostPort", container.Items("ports").All(port => port.At("hostPort") is null)),
            ("runAsNonRoot", Either("runAsNonRoot") == "true"),
            ("runAsUser", Either("runAsUser") != "0"),
            ("seccompProfile", Either("seccompProfile.type") is "RuntimeDefault" or "Localhost"),
        };
        return rules.Where(rule => !rule.Kept).Select(rule => rule.Member);

        string Either(string path) => own.Text(path) is { Length: > 0 } text ? text : pod.Text($"securityContext.{path}");
    }
}
