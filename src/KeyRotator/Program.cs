using KeyRotator.Cli;
using KeyRotator.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

using var interruption = new Interruption();
var context = CliContext.OfProcess(
    bench => bench.Keep(new PassRuntime(bench.Settings, bench.Database, bench.Stores, bench.Time, NullLoggerFactory.Instance)).Pass);
return await KeyRotatorCommand.RunAsync(args, context, interruption.Token);
