using System.Diagnostics;
using System.Globalization;

namespace KeyRotator.Benchmarks;

/// <summary>The shell's way: <c>xargs -P</c> and one <c>curl</c> a key. The keys are made up, so they may stand in arguments.</summary>
internal sealed class CurlSubject(string baseUrl, int concurrency) : ISubject
{
    private int _accepted;

    public double CpuSeconds() => ProcessFigures.ChildrenCpuSeconds();

    public async Task RunAsync(int keys)
    {
        string[] arguments =
        [
            "-P", concurrency.ToString(CultureInfo.InvariantCulture), "-I", "{}",
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\\n",
            "-H", "Authorization: Bearer {}", baseUrl + "/models",
        ];
        var start = new ProcessStartInfo("xargs", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var xargs = Process.Start(start)!;
        var output = xargs.StandardOutput.ReadToEndAsync();
        for (var number = 1; number <= keys; number++)
        {
            await xargs.StandardInput.WriteLineAsync(BenchKeys.Create(number));
        }

        xargs.StandardInput.Close();
        await xargs.WaitForExitAsync();
        _accepted = (await output).Split('\n').Count(status => status == "200");
    }

    public Task<int> AcceptedAsync() => Task.FromResult(_accepted);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
