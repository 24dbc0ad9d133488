using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Values that would not do are refused by both Helms, with words that say what would.</summary>
public sealed class BadValuesTests
{
    private const string Canary = "canary-5b0f21c3";
    private const string Long = "a123456789b123456789c123456789d123456789e123456789f123456789g123";

    [Theory(Timeout = 300_000)]
    [InlineData("mode=deployment,replicas=2", "more than 1 once postgresql.existingSecret is set", "replicas on SQLite")]
    [InlineData("postgresql.existingSecret=db,replicas=2", "more than 1 in mode deployment", "replicas of a CronJob")]
    [InlineData("mode=job", "deployment", "a mode that is none")]
    [InlineData("existingConfigMap=own", "config and existingConfigMap", "two configurations")]
    [InlineData("config=null", "there is no configuration", "no configuration")]
    [InlineData("replicaCount=1", "replicaCount", "a member that is none")]
    [InlineData("image.version=1", "version", "a member of a group that is none")]
    [InlineData("cronjob.schedule=often", "five fields of cron", "a schedule that is a word")]
    [InlineData("cronjob.schedule=*/15 * * *", "five fields of cron", "a schedule of four fields")]
    [InlineData("cronjob.schedule=61 * * * *", "five fields of cron", "a minute that is none")]
    [InlineData("cronjob.schedule=0 0 * FOO *", "five fields of cron", "a month that is none")]
    [InlineData("cronjob.schedule=0 0 * * JAN", "five fields of cron", "a month for a day")]
    [InlineData("cronjob.schedule=5-1 * * * *", "runs backwards (5-1 as numbers)", "a range that ends before it begins")]
    [InlineData("cronjob.schedule=0 0 * * SAT-SUN", "runs backwards (6-0 as numbers)", "a range of days beyond the week's end")]
    [InlineData("cronjob.timeZone=Local", "Kubernetes has no Local", "a time zone that is the node's")]
    [InlineData("commonLabels.a=" + Long, "commonLabels", "a label's value of 64 characters")]
    [InlineData("podLabels.a=b c", "podLabels", "a label's value with a space")]
    [InlineData("secretFiles." + Long + ".name=a", Long, "a volume's name of more than 63 characters")]
    [InlineData("persistence.size=1.5.5Gi", "size", "a size that is none")]
    [InlineData("image.repository=Bad Name", "repository", "an image's name that is none")]
    [InlineData("image.registry=bad registry", "registry", "a registry that is none")]
    [InlineData("deployment.podDisruptionBudget.maxUnavailable=abc", "maxUnavailable", "neither a number nor a share")]
    [InlineData("deployment.listenAddress=127.0.0.1", "no probe reaches its loopback", "loopback")]
    [InlineData("deployment.listenAddress=[::1]", "no probe reaches its loopback", "loopback of IPv6")]
    [InlineData("deployment.listenAddress=localhost", "no probe reaches its loopback", "loopback by name")]
    [InlineData("cronjob.schedule=@often", "five fields of cron", "a macro that is none")]
    [InlineData("cronjob.failOn=info", "warning", "a severity that no job fails by")]
    [InlineData("persistence.accessMode=ReadWriteMany", "SQLite is lost on storage that several pods write", "shared storage")]
    [InlineData("image.tag=latest", "latest changes under you", "a tag that moves")]
    [InlineData("image.tag=no tag", "letters, digits", "a tag that is none")]
    [InlineData("image.digest=sha256:12", "64 hexadecimal digits", "half a digest")]
    [InlineData("config.database=sqlite:x.db", "config.database is set", "a database of the file's own")]
    [InlineData("postgresql.password=" + Canary, "password", "a password in the values")]
    [InlineData("config.database=postgres://kr:" + Canary + "@db/kr", "postgresql.existingSecret", "a connection string in the values")]
    [InlineData("config.stores.v.auth.token=" + Canary, "config.stores.v.auth.token holds a secret", "a token in the values")]
    [InlineData("config.alerts.channels.ops.url=https://hooks.example/" + Canary, "config.alerts.channels.ops.url", "a webhook")]
    [InlineData("config.alerts.heartbeat.url=https://beat.example/" + Canary, "config.alerts.heartbeat.url", "a heartbeat in the values")]
    [InlineData("config.stores.v.proxies[0].url=http://u:" + Canary + "@p", "holds an address with a password", "a password in a list")]
    [InlineData("extraEnv[0].name=KEYROTATOR_DATABASE,extraEnv[0].value=" + Canary, "extraEnv sets KEYROTATOR_DATABASE", "the chart's")]
    [InlineData("secretEnv.KEYROTATOR_LISTEN.name=a,secretEnv.KEYROTATOR_LISTEN.key=b", "secretEnv sets KEYROTATOR_LISTEN", "same")]
    [InlineData("secretEnv.not-one.name=a,secretEnv.not-one.key=b", "not-one", "a variable's name that is none")]
    [InlineData("caBundle.configMap=a,caBundle.secret=b", "take one away", "two bundles")]
    [InlineData("extraEnv[0].name=MISTRAL_API_KEY,extraEnv[0].value=" + Canary, "is set twice: by secretEnv and extraEnv", "one in both")]
    [InlineData("extraEnv[0].name=A,extraEnv[1].name=A", "A is set twice: by extraEnv and extraEnv", "a list with two of a name")]
    [InlineData("caBundle.secret=b,extraEnv[0].name=SSL_CERT_FILE", "SSL_CERT_FILE is set twice: by caBundle and extraEnv", "a bundle")]
    [InlineData("extraVolumes[0].name=tmp", "extraVolumes has a volume tmp", "a volume of the chart's")]
    [InlineData("extraVolumes[0].name=secret-a,secretFiles.a.name=x", "extraVolumes has a volume secret-a", "the volume of a Secret")]
    [InlineData("config.providers.p.headers.Api-Key=" + Canary, "config.providers.p.headers.Api-Key holds a secret", "a header's secret")]
    [InlineData("config.providers.p.headers.Authorization=Bearer " + Canary, "p.headers.Authorization holds a secret", "a header's secret")]
    [InlineData("serviceMonitor.enabled=true", "a job lives too short to be scraped", "scraping a CronJob")]
    [InlineData("prometheusRule.enabled=true", "a job lives too short to be scraped", "rules about a CronJob")]
    [InlineData("dashboard.enabled=true", "a job lives too short to be scraped", "a dashboard of a CronJob")]
    [InlineData("terminationGracePeriodSeconds=5", "terminationGracePeriodSeconds", "less time than the program takes")]
    [InlineData("kubernetesSecrets[0].namespace=prod", "names", "a Role for all Secrets")]
    public async Task Values_ThatWouldNotDo_AreRefused(string setting, string words, string why)
    {
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await ChartCase.Small("--set", Escaped(setting)).RenderAsync(helm);

            ended.ExitCode.ShouldNotBe(0, why);
            ended.Out.ShouldBeEmpty(why);
            ended.Error.ShouldContain(words, Case.Sensitive, why);
            ended.Error.ShouldNotContain(Canary, Case.Insensitive, why);
        }
    }

    [Theory(Timeout = 300_000)]
    [InlineData("mode=deployment,replicas=2", "replicas is 2 and the database is SQLite")]
    [InlineData("persistence.accessMode=ReadWriteMany", "persistence.accessMode is ReadWriteMany")]
    [InlineData("mode=null", "mode is null: write cronjob or deployment")]
    [InlineData("mode=job", "mode is \"job\": write cronjob or deployment")]
    public async Task WhatWouldLoseDataOrDoNothing_IsRefusedWithoutTheSchemaToo(string setting, string words)
    {
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await ChartCase.Small("--set", setting, "--skip-schema-validation").RenderAsync(helm);

            ended.ExitCode.ShouldNotBe(0);
            ended.Error.ShouldContain(words);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Faults_OfTheTemplates_AreSaidAllAtOnce()
    {
        var ended = await ChartCase.Small("--set", "existingConfigMap=own,config.database=x,serviceMonitor.enabled=true")
            .RenderAsync(Tool.Helm);

        ended.Error.Split('\n').Count(line => line.StartsWith("- ", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("config.providers.p.headers.authorization=${CALLER}")]
    [InlineData("config.providers.p.headers.x-team=search")]
    [InlineData("extraVolumes[0].name=secret-sauce,extraEnv[0].name=A,extraEnv[1].name=B,extraEnv[2].name=SSL_CERT_FILE")]
    [InlineData("image.repository=registry.example.com:5000/team/key_rotator")]
    [InlineData("image.registry=registry.example.com:5000/team")]
    [InlineData("persistence.size=1.5Gi")]
    [InlineData("commonLabels.acme\\.example/team=search-1")]
    [InlineData("deployment.podDisruptionBudget.maxUnavailable=100%,deployment.listenAddress=10.0.0.1")]
    public async Task Values_ThatDo_AreTaken(string setting)
    {
        foreach (var helm in new[] { Tool.Helm, Tool.Helm3 })
        {
            var ended = await ChartCase.Small("--set", setting).RenderAsync(helm);

            ended.ExitCode.ShouldBe(0, ended.Error);
        }
    }

    [Theory(Timeout = 300_000)]
    [InlineData("prometheusRule.disabled[0]=KeyRotatorNothing", "KeyRotatorNothing")]
    [InlineData("prometheusRule.severities.KeyRotatorNothing=info", "KeyRotatorNothing")]
    public async Task Alert_ThatIsNone_IsRefusedWithThoseThatAre(string setting, string word)
    {
        var ended = await ChartCase.Service("--set", setting).RenderAsync(Tool.Helm);

        ended.ExitCode.ShouldNotBe(0);
        ended.Error.ShouldContain(word);
        ended.Error.ShouldContain("Its alerts: KeyRotator");
    }

    [Theory(Timeout = 300_000)]
    [InlineData("@hourly")]
    [InlineData("*/5 * * * *")]
    [InlineData("0 8-18/2 1,15 JAN-DEC ?")]
    [InlineData("05 04 * * sun")]
    [InlineData("0\t0  * dec\tMon-FRI")]
    [InlineData("0 08-09 * * *")]
    public async Task Schedule_ThatIsCron_IsTaken(string schedule)
    {
        var ended = await ChartCase.Small("--set", Escaped($"cronjob.schedule={schedule}")).RenderAsync(Tool.Helm);

        ended.ExitCode.ShouldBe(0, ended.Error);
        ended.Out.ShouldContain($"schedule: \"{schedule.Replace("\t", "\\t", StringComparison.Ordinal)}\"");
    }

    // Helm parts several settings by commas.
    private static string Escaped(string setting) =>
        setting.StartsWith("cronjob.schedule", StringComparison.Ordinal) ? setting.Replace(",", @"\,", StringComparison.Ordinal) : setting;
}
