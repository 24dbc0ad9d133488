using System.Text;
using System.Text.Json;
using KeyRotator.Cli;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>A shell whose database knows of one rejected key, and that keeps what each command line printed apart.</summary>
internal sealed class QuietShell : IAsyncDisposable
{
    private readonly Shell _shell = new Shell().Declare();

    public RotateWorld.Printed Last { get; private set; } = new(0, "", "");

    public Shell Shell => _shell;

    public string Database => Path.Combine(_shell.Directory, "keyrotator.db");

    public static async Task<QuietShell> StartAsync()
    {
        var world = new QuietShell();
        await world._shell.ObserveAsync();
        return world;
    }

    public async Task<RotateWorld.Printed> RunAsync(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var context = _shell.Context with { Output = output, Error = error, Actor = "ops@test" };
        var exitCode = await KeyRotatorCommand.RunAsync(arguments, context, TestContext.Current.CancellationToken);
        return Last = new(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    public async Task<JsonElement> JsonAsync(params string[] arguments) =>
        JsonDocument.Parse((await RunAsync([.. arguments, "-o", "json"])).Out).RootElement;

    public ValueTask DisposeAsync()
    {
        _shell.Dispose();
        return ValueTask.CompletedTask;
    }
}
