using System.Text;
using KeyRotator.Cli;
using KeyRotator.Hosting;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>Runs command lines in this process, in a folder of their own, with a made-up environment, and keeps what they print.</summary>
internal sealed class Shell : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("keyrotator-cli-").FullName;

    public Dictionary<string, string> Environment { get; } = [];

    public ManualClock Clock { get; } = new();

    public bool IsTerminal { get; init; }

    public int Width { get; init; } = 80;

    public ScriptedPass Pass { get; } = new();

    /// <summary>What comes from standard input.</summary>
    public string Input { get; init; } = "";

    public string Out
    {
        get
        {
            Context.Out.Flush();
            return Encoding.UTF8.GetString(_output.ToArray());
        }
    }

    public string Error => _error.ToString();

    public CliContext Context => field ??= new CliContext
    {
        Output = _output,
        Error = _error,
        Environment = name => Environment.GetValueOrDefault(name),
        Variables = () => Environment,
        Directory = Directory,
        Time = Clock,
        CreateCheckPass = workbench => Pass.Over(workbench),
        CreateRotations = workbench => Runtime(workbench).Rotations,
        Input = new MemoryStream(Encoding.UTF8.GetBytes(Input)),
        IsOutputTerminal = IsTerminal,
        IsErrorTerminal = IsTerminal,
        Width = Width,
    };

    public Task<int> RunAsync(params string[] arguments) => RunAsync(TestContext.Current.CancellationToken, arguments);

    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        KeyRotatorCommand.RunAsync(arguments, Context, cancellationToken);

    public void Write(string name, string content) => File.WriteAllText(Path.Combine(Directory, name), content);

    private static PassRuntime Runtime(Workbench bench) =>
        bench.Keep(new PassRuntime(bench.Settings, bench.Database, bench.Stores, bench.Time, NullLoggerFactory.Instance));

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
