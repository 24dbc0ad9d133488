using KeyRotator.Cli;

using var interruption = new Interruption();
return await KeyRotatorCommand.RunAsync(args, CliContext.OfProcess(workbench => throw new NotSupportedException()), interruption.Token);
