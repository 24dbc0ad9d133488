using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>What each mode and database makes of the workload.</summary>
public sealed class ChartModesTests
{
    private static readonly string[] s_bounds =
        ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit", "timeZone"];

    [Theory(Timeout = 300_000)]
    [InlineData("cronjob-sqlite", "none", 1)]
    [InlineData("fail-on-critical", "critical", 0)]
    [InlineData("all-cronjob", "warning", 0)]
    public async Task CronJob_RunsOneCheckAtATime(string name, string failOn, int backoff)
    {
        var spec = (await RenderedCharts.FourAsync(name)).The("CronJob")["spec"]!;
        var job = spec.At("jobTemplate.spec")!;

        spec.Text("concurrencyPolicy").ShouldBe("Forbid");
        job.At("template.spec.containers.0").Texts("args").ShouldBe(["check", "--fail-on", failOn]);
        job.Text("backoffLimit").ShouldBe($"{backoff}", "a finding is found again at once, so a job that fails by it is not repeated");
        job.At("podFailurePolicy").ShouldBeNull();
        job.Text("template.spec.restartPolicy").ShouldBe("Never");
        s_bounds.ShouldAllBe(member => spec.At(member) != null);
        job["activeDeadlineSeconds"]!.GetValue<int>().ShouldBeLessThan(15 * 60);
    }

    [Fact(Timeout = 300_000)]
    public async Task Deployment_OnSqlite_IsOnePodWithAVolumeOfItsOwn()
    {
        var rendered = await RenderedCharts.FourAsync("deployment-sqlite");
        var spec = rendered.The("Deployment")["spec"]!;

        (spec.Text("replicas"), spec.Text("strategy.type")).ShouldBe(("1", "Recreate"));
        rendered.The("PersistentVolumeClaim").Texts("spec.accessModes").ShouldBe(["ReadWriteOncePod"]);
        rendered.The("PersistentVolumeClaim")["metadata"]!["annotations"]!["helm.sh/resource-policy"]!.ToString().ShouldBe("keep");
        Variable(spec, "KEYROTATOR_DATABASE").Text("value").ShouldBe("sqlite:/var/lib/keyrotator/keyrotator.db");
        rendered.Of("PodDisruptionBudget").ShouldBeEmpty("a budget of one pod would only hold nodes up");
    }

    [Fact(Timeout = 300_000)]
    public async Task Deployment_OnPostgreSql_IsManyWithoutAVolume()
    {
        var rendered = await RenderedCharts.FourAsync("deployment-postgresql");
        var spec = rendered.The("Deployment")["spec"]!;

        (spec.Text("replicas"), spec.Text("strategy.type"), spec.Text("strategy.rollingUpdate.maxUnavailable"))
            .ShouldBe(("3", "RollingUpdate", "0"));
        rendered.Of("PersistentVolumeClaim").ShouldBeEmpty();
        var database = Variable(spec, "KEYROTATOR_DATABASE").At("valueFrom.secretKeyRef");
        (database.Text("name"), database.Text("key")).ShouldBe(("keyrotator-database", "database"));
        rendered.The("PodDisruptionBudget").Text("spec.maxUnavailable").ShouldBe("1");
        spec.At("template.spec").Items("topologySpreadConstraints").Select(one => one.Text("topologyKey"))
            .ShouldBe(["kubernetes.io/hostname", "topology.kubernetes.io/zone"]);
        spec.Text("template.spec.containers.0.image").ShouldContain("@sha256:");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("deployment-sqlite", "0.0.0.0:8080")]
    [InlineData("all-deployment", "[::]:8080")]
    public async Task Deployment_IsProbed_AndHasTimeToEnd(string name, string listen)
    {
        var spec = (await RenderedCharts.FourAsync(name)).The("Deployment")["spec"]!;
        var container = spec.At("template.spec.containers.0");

        container.Texts("args").ShouldBe(["run"]);
        Variable(spec, "KEYROTATOR_LISTEN").Text("value").ShouldBe(listen);
        container.Text("startupProbe.httpGet.path").ShouldBe("/livez");
        container.Text("livenessProbe.httpGet.path").ShouldBe("/livez");
        container.Text("readinessProbe.httpGet.path").ShouldBe("/readyz");
        spec.At("template.spec.terminationGracePeriodSeconds")!.GetValue<int>().ShouldBeGreaterThan(10);
    }

    [Fact(Timeout = 300_000)]
    public async Task Service_ReachesReplicasThatAreNotReady_AndNoOtherPods()
    {
        var rendered = await RenderedCharts.FourAsync("deployment-sqlite");
        var service = rendered.The("Service")["spec"]!;
        var labels = rendered.The("Deployment").At("spec.template.metadata.labels")!.AsObject();
        var test = rendered.The("Pod").At("metadata.labels")!.AsObject();

        service["publishNotReadyAddresses"]!.GetValue<bool>().ShouldBeTrue();
        var selector = service["selector"]!.AsObject().Select(one => KeyValuePair.Create(one.Key, one.Value!.ToString())).ToList();
        selector.ShouldAllBe(one => labels[one.Key]!.ToString() == one.Value);
        selector.ShouldContain(one => test[one.Key]!.ToString() != one.Value);
    }

    [Fact(Timeout = 300_000)]
    public async Task Configuration_ThatChanges_ReplacesPodsOnlyWhereThatIsAskedFor()
    {
        (await ChecksumAsync()).ShouldBeNull();
        var before = await ChecksumAsync("--set", "configReload=restart");
        var after = await ChecksumAsync("--set", "configReload=restart,config.defaults.checkEvery=5m");

        before.ShouldNotBeNull();
        after.ShouldNotBeNull();
        after.ShouldNotBe(before);
    }

    [Fact(Timeout = 300_000)]
    public async Task Authorities_AreABundleBesideTheImages()
    {
        var spec = (await RenderedCharts.FourAsync("deployment-postgresql")).The("Deployment")["spec"]!;

        Variable(spec, "SSL_CERT_FILE").Text("value").ShouldBe("/run/ca/ca.crt");
        spec.At("template.spec.containers.0").Items("env").ShouldAllBe(one => one.Text("name") != "SSL_CERT_DIR");
        spec.At("template.spec").Items("volumes").Single(one => one.Text("name") == "ca").Text("configMap.name").ShouldBe("company-ca");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("deployment-postgresql", "configMap", "ca.crt")]
    [InlineData("all-cronjob", "secret", "bundle.pem")]
    public async Task Authorities_OfAKeyThatIsNone_HoldThePodUp(string name, string source, string key)
    {
        foreach (var pod in (await RenderedCharts.FourAsync(name)).PodSpecs())
        {
            var items = pod.Items("volumes").Single(one => one.Text("name") == "ca").Items($"{source}.items");

            items.Select(item => (item.Text("key"), item.Text("path"))).ShouldBe([(key, key)]);
        }
    }

    private static async Task<string?> ChecksumAsync(params string[] settings)
    {
        var ended = await ChartCase.Service(settings).RenderAsync(Tool.Helm);
        ended.ExitCode.ShouldBe(0, ended.Error);
        var deployment = (await Manifests.ReadAsync(ended.Out)).The("Deployment");
        return (deployment.At("spec.template.metadata.annotations") as JsonObject)?["checksum/config"]?.ToString();
    }

    private static JsonNode Variable(JsonNode deployment, string name) =>
        deployment.At("template.spec.containers.0").Items("env").Single(one => one.Text("name") == name);
}
