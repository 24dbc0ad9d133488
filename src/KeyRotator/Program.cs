using KeyRotator.Alerts;
using KeyRotator.Cli;
using KeyRotator.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

int exitCode;
using (var interruption = new Interruption())
{
    var context = CliContext.OfProcess(bench => Runtime(bench).Pass, bench => Runtime(bench).Rotations);
    exitCode = await KeyRotatorCommand.RunAsync(args, context, interruption.Token);
}

// Not by returning: Quartz's threads keep a process alive, and they may wait for a database that never answers again.
Environment.Exit(exitCode);

static PassRuntime Runtime(Workbench bench) =>
    bench.Share(() => new PassRuntime(
        bench.Settings, bench.Database, bench.Stores, bench.Time, NullLoggerFactory.Instance, bench.Share(LineOutput.StandardError)));
