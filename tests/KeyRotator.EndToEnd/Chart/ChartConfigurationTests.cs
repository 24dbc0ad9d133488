using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>The configuration that reaches a pod is one that the program takes.</summary>
public sealed partial class ChartConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _pod = Directory.CreateTempSubdirectory("keyrotator-pod-");

    public static TheoryData<string> Cases => ChartCase.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _pod.Delete(recursive: true);

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Cases))]
    public async Task Configuration_IsValidatedByTheProgram(string name)
    {
        var rendered = await RenderedCharts.FourAsync(name);
        var own = rendered.Of("ConfigMap").SingleOrDefault(one => one.At("data") is JsonObject data && data.ContainsKey("keyrotator.yaml"));
        if (own is null)
        {
            rendered.PodSpecs()[0].Items("volumes").Select(one => one.Text("configMap.name")).ShouldContain("keyrotator-own");
            return;
        }

        var config = Mount(own["data"]!["keyrotator.yaml"]!.ToString());
        var validate = await RunAsync(Variables(rendered), "config", "validate", "--config", config);

        validate.ExitCode.ShouldBe(0, validate.Out + validate.Error);
        validate.Out.ShouldContain("valid, 1 key, ");
    }

    [Fact(Timeout = 300_000)]
    public async Task Configuration_KeepsTextsThatLookLikeSomethingElse()
    {
        var rendered = await RenderedCharts.FourAsync("all-cronjob");
        var config = Mount(
            rendered.Of("ConfigMap").Single(one => one.Text("metadata.name") == "kr-keys-config")["data"]!["keyrotator.yaml"]!.ToString());

        var show = await RunAsync(Variables(rendered), "config", "show", "-o", "json", "--config", config);

        show.ExitCode.ShouldBe(0, show.Error);
        show.Out.ShouldContain("1000000");
        foreach (var text in new[] { "1e3", "yes", "007" })
        {
            show.Out.ShouldContain($"\"{text}\"");
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Configuration_OfExistingConfigMap_IsAllOfItsFiles()
    {
        Mount("stores: { env: { kind: env } }\n");
        Directory.CreateSymbolicLink(Path.Combine(_pod.FullName, "config", "keys.yaml"), Path.Combine("..data", "keys.yaml"));
        await File.WriteAllTextAsync(
            Path.Combine(_pod.FullName, "config", "..2026", "keys.yaml"),
            "keys: { one: { provider: mistral, locations: [{ store: env, name: ONE }] } }\n",
            Token);

        var validate = await RunAsync([], "config", "validate", "--config", Path.Combine(_pod.FullName, "config"));

        validate.ExitCode.ShouldBe(0, validate.Error);
        validate.Out.ShouldContain("valid, 1 key, ");
    }

    [Fact(Timeout = 300_000)]
    public async Task Folder_IsWhatThePodIsToldToRead_AndIsMountedWhole()
    {
        foreach (var one in ChartCase.All)
        {
            foreach (var container in (await RenderedCharts.FourAsync(one.Name)).PodSpecs().SelectMany(pod => pod.Items("containers")))
            {
                var mount = container.Items("volumeMounts").Single(item => item.Text("name") == "config");
                container.Items("env").Single(item => item.Text("name") == "KEYROTATOR_CONFIG").Text("value")
                    .ShouldBe(mount.Text("mountPath"));
                mount.At("subPath").ShouldBeNull("a file of its own would never change while the pod lives");
            }
        }
    }

    // As the kubelet mounts a ConfigMap: links through ..data.
    private string Mount(string text)
    {
        foreach (Match path in InPod().Matches(text))
        {
            var file = Path.Combine(_pod.FullName, path.Value.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Certificate());
        }

        var folder = _pod.CreateSubdirectory("config");
        var data = folder.CreateSubdirectory("..2026");
        File.WriteAllText(Path.Combine(data.FullName, "keyrotator.yaml"), InPod().Replace(text, match => _pod.FullName + match.Value));
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "..data"), data.Name);
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "keyrotator.yaml"), Path.Combine("..data", "keyrotator.yaml"));
        return folder.FullName;
    }

    private static Dictionary<string, string> Variables(Manifests rendered) => rendered.PodSpecs()[0].At("containers.0").Items("env")
        .Where(one => one.At("valueFrom") is not null).Select(one => one.Text("name"))
        .ToDictionary(name => name, name => name switch
        {
            "WEBHOOK_SECRET" => $"whsec_{Convert.ToBase64String(new byte[24])}",
            _ when name.EndsWith("_URL", StringComparison.Ordinal) => "https://hooks.slack.com/services/T0/B0/made-up",
            _ => "made-up-for-a-test",
        });

    private async Task<Ended> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        environment.Remove("KEYROTATOR_DATABASE");
        await using var program = Keyrotator.Start(_pod.FullName, environment, arguments);
        return await program.EndAsync(Token);
    }

    private static string Certificate()
    {
        using var key = ECDsa.Create();
        var now = DateTimeOffset.UnixEpoch;
        using var made = new CertificateRequest("CN=made up", key, HashAlgorithmName.SHA256).CreateSelfSigned(now, now.AddYears(90));
        return made.ExportCertificatePem();
    }

    [GeneratedRegex("(?<![a-z])(/run/secrets/keyrotator|/var/run/secrets/tokens|/var/lib/keyrotator)/[A-Za-z0-9./_-]+")]
    private static partial Regex InPod();
}
