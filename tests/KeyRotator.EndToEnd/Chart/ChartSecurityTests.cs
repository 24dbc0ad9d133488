using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Pods ask for no more than they need, and no secret is in what the chart makes.</summary>
public sealed class ChartSecurityTests
{
    // The chart's own variables, and two that a case sets.
    private static readonly string[] s_plain =
    [
        "KEYROTATOR_CONFIG", "KEYROTATOR_DATABASE", "KEYROTATOR_LISTEN", "DOTNET_EnableDiagnostics", "SSL_CERT_FILE",
        "HTTPS_PROXY", "QUOTE",
    ];

    public static TheoryData<string> Cases => ChartCase.Names;

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Pods_PassPodSecurityRestricted(string name)
    {
        var rendered = await RenderedCharts.FourAsync(name);

        rendered.PodSpecs().SelectMany(PodSecurity.Violations).ShouldBeEmpty();
        rendered.PodSpecs().Select(pod => pod.Text("securityContext.runAsUser"))
            .ShouldAllBe(user => user == (name == "openshift" ? "" : "1654"));
    }

    [Theory(Timeout = 300_000)]
    [InlineData("podSecurityContext.runAsNonRoot=false", "runAsNonRoot")]
    [InlineData("podSecurityContext.runAsUser=0", "runAsUser")]
    [InlineData("podSecurityContext.seccompProfile.type=Unconfined", "seccompProfile")]
    [InlineData("securityContext.allowPrivilegeEscalation=true", "allowPrivilegeEscalation")]
    [InlineData("securityContext.readOnlyRootFilesystem=false", "readOnlyRootFilesystem")]
    [InlineData("securityContext.capabilities.drop=null", "capabilities.drop")]
    [InlineData("securityContext.capabilities.add[0]=SYS_ADMIN", "capabilities.add")]
    [InlineData("securityContext.privileged=true", "privileged")]
    [InlineData("extraVolumes[0].name=host,extraVolumes[0].hostPath.path=/", "hostPath")]
    public async Task Pods_ThatAreLoosened_AreSeen(string setting, string violation)
    {
        var ended = await ChartCase.Small("--set", setting).RenderAsync(Tool.Helm);
        ended.ExitCode.ShouldBe(0, ended.Error);

        var rendered = await Manifests.ReadAsync(ended.Out);

        rendered.PodSpecs().ShouldAllBe(pod => PodSecurity.Violations(pod).Contains(violation));
    }

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Images_HaveAVersionThatStays(string name)
    {
        var images = (await RenderedCharts.FourAsync(name)).PodSpecs()
            .SelectMany(pod => pod.Items("containers")).Select(container => container.Text("image")).ToList();

        images.ShouldNotBeEmpty();
        images.ShouldAllBe(
            image => image.Contains("keyrotator:", StringComparison.Ordinal) && !image.Contains("latest", StringComparison.Ordinal));
    }

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Secrets_AreNamedAndNeverMade(string name)
    {
        var rendered = await RenderedCharts.FourAsync(name);

        rendered.Of("Secret").ShouldBeEmpty();
        var variables = rendered.PodSpecs().SelectMany(pod => pod.Items("containers")).SelectMany(one => one.Items("env")).ToList();
        var plain = variables.Where(one => one.At("value") is not null).Select(one => one.Text("name")).Distinct();
        plain.Except(s_plain).ShouldBeEmpty();
        variables.Where(one => one.Text("name") == "KEYROTATOR_DATABASE" && one.At("value") is not null)
            .ShouldAllBe(one => one.Text("value") == "sqlite:/var/lib/keyrotator/keyrotator.db");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("cronjob-sqlite", false)]
    [InlineData("aws-irsa", false)]
    [InlineData("vault-kubernetes", false)]
    [InlineData("kubernetes-secrets", true)]
    [InlineData("all-deployment", true)]
    public async Task Token_OfTheApiServer_IsMountedWhereItIsNeeded(string name, bool mounted)
    {
        var rendered = await RenderedCharts.FourAsync(name);

        rendered.PodSpecs().Select(pod => pod.At("automountServiceAccountToken")!.GetValue<bool>()).Distinct().ShouldBe([mounted]);
        rendered.Of("ServiceAccount").ShouldAllBe(one => !one["automountServiceAccountToken"]!.GetValue<bool>());
    }

    [Fact(Timeout = 300_000)]
    public async Task OpenShift_GivesUserAndGroups()
    {
        foreach (var rendered in new[] { await RenderedCharts.FourAsync("openshift"), await RenderedCharts.ThreeAsync("openshift") })
        {
            rendered.PodSpecs().SelectMany(pod => pod["securityContext"]!.AsObject()).Select(member => member.Key).Distinct()
                .ShouldBe(["fsGroupChangePolicy", "runAsNonRoot", "seccompProfile"], ignoreOrder: true);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Role_NamesItsSecrets()
    {
        var rendered = await RenderedCharts.FourAsync("kubernetes-secrets");

        var role = rendered.The("Role");
        role.Text("metadata.namespace").ShouldBe("prod");
        role.Texts("rules.0.resourceNames").ShouldBe(["llm-keys"]);
        role.Texts("rules.0.verbs").ShouldBe(["get", "patch"]);
        role.Texts("rules.1.resourceNames").ShouldBe(["llm-keys-previous"]);
        role.Texts("rules.2.verbs").ShouldBe(["create"], "no name can be tied to it");
        rendered.The("RoleBinding").Text("subjects.0.name").ShouldBe(rendered.The("ServiceAccount").Text("metadata.name"));
        rendered.The("RoleBinding").Text("subjects.0.namespace").ShouldBe("llm");
    }

    [Fact(Timeout = 300_000)]
    public async Task Role_ForChecking_MayOnlyRead()
    {
        var roles = (await RenderedCharts.FourAsync("all-cronjob")).Of("Role");

        roles.Select(role => role.Texts("rules.0.verbs").Single()).ShouldBe(["get", "get"]);
        roles.Select(role => role.Items("rules").Count).ShouldBe([2, 1], "listing has no names and is asked for by itself");
        roles[0].Texts("rules.1.verbs").ShouldBe(["list"]);
        roles.ShouldAllBe(role => role["rules"]![0]!["resourceNames"] is JsonArray);
    }

    [Fact(Timeout = 300_000)]
    public async Task NetworkPolicy_LetsOutWhatIsSaid()
    {
        var ports = (await RenderedCharts.FourAsync("deployment-postgresql")).The("NetworkPolicy").Items("spec.egress")
            .SelectMany(rule => rule.Items("ports")).Select(port => $"{port.Text("protocol")}/{port.Text("port")}");

        ports.ShouldBe(["UDP/53", "TCP/53", "UDP/5353", "TCP/5353", "TCP/443", "TCP/5432", "TCP/8200"]);
    }
}
