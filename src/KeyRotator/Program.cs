using KeyRotator.Alerts;
using KeyRotator.Cli;
using KeyRotator.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

using var interruption = new Interruption();
var context = CliContext.OfProcess(bench => Runtime(bench).Pass, bench => Runtime(bench).Rotations);
return await KeyRotatorCommand.RunAsync(args, context, interruption.Token);

static PassRuntime Runtime(Workbench bench) =>
    bench.Share(() => new PassRuntime(
        bench.Settings, bench.Database, bench.Stores, bench.Time, NullLoggerFactory.Instance, bench.Share(LineOutput.StandardError)));
