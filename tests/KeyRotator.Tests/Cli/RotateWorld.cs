using System.Text;
using System.Text.Json;
using KeyRotator.Cli;
using KeyRotator.Demo;
using KeyRotator.Hosting;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>An installation as an operator has one: a file, two stores, emulated providers on loopback, a clock of the test's. What was
/// printed is kept, and must hold no value.</summary>
internal sealed class RotateWorld : IAsyncDisposable
{
    private const int MostSteps = 60;
    private readonly DemoFolder _folder = new();
    private readonly List<string> _values = [];
    private readonly StringBuilder _printed = new();
    private ProviderEmulator _emulator = null!;

    public ManualClock Clock { get; } = new();

    /// <summary>Keys that somebody types, where there is a terminal.</summary>
    public Queue<ConsoleKeyInfo>? Terminal { get; set; }

    /// <summary>What reading a key does in place of that.</summary>
    public Func<ConsoleKeyInfo>? ReadKey { get; set; }

    /// <summary>Who works here, as account and host.</summary>
    public string Actor { get; set; } = "ops@test";

    /// <summary>The variables that are set.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>The value that the key's locations held at first.</summary>
    public string Old { get; private set; } = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RotateWorld> StartAsync()
    {
        var world = new RotateWorld();
        world._emulator = await ProviderEmulator.StartAsync(world.Clock, Token);
        world._folder.WriteStoreKey("store.key");
        world._folder.Write("keyrotator.yaml", $$"""
            database: sqlite:keyrotator.db
            stores:
              local: { kind: file, path: local.enc, keyFile: store.key }
              other: { kind: file, path: other.enc, keyFile: store.key }
              env: { kind: env }
            providers:
              mistral: { baseUrl: "{{world._emulator.BaseUrl("mistral")}}" }
              openai: { baseUrl: "{{world._emulator.BaseUrl("openai")}}" }
              direct: { kind: mistral }
            keys:
              search: { provider: mistral, locations: [{ store: local, name: search }, { store: other, name: search }] }
              chat: { provider: mistral, locations: [{ store: local, name: chat }] }
              vision: { provider: openai, locations: [{ store: local, name: vision }] }
              direct: { provider: direct, locations: [{ store: local, name: direct }] }
              fixed: { provider: openai, locations: [{ store: env, name: FIXED_KEY }] }
            """);
        world.Old = await world.InstallAsync("mistral", ("local", "search"), ("other", "search"));
        return world;
    }

    /// <summary>A value that a provider accepts.</summary>
    public string Issue(string provider = "mistral")
    {
        var value = DemoKeys.Create(provider, Random.Shared);
        _emulator.AddKey(provider, value);
        _values.Add(value);
        return value;
    }

    /// <summary>A value that its provider accepts, at the given places.</summary>
    public async Task<string> InstallAsync(string provider, params (string Store, string Name)[] places)
    {
        var value = Issue(provider);
        foreach (var (store, name) in places)
        {
            await PutAsync(store, name, value);
        }

        return value;
    }

    public async Task PutAsync(string store, string name, string value)
    {
        var location = new SecretLocation { Store = store, Name = name };
        var file = Store(store);
        var current = await file.ReadAsync(location, null, Token);
        await file.WriteAsync(new SecretWrite(location, new SecretValue(value), current?.Version, Guid.NewGuid()), Token);
    }

    public async Task<string?> ReadAsync(string store, string name) =>
        (await Store(store).ReadAsync(new SecretLocation { Store = store, Name = name }, null, Token))?.Value.Reveal();

    public void Revoke(string value) => _emulator.Revoke("mistral", value);

    public void Break(ProviderFault fault) => _emulator.Break("mistral", fault);

    public void Write(string name, string content) => _folder.Write(name, content);

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    public Task<Printed> RunAsync(params string[] arguments) => RunAsync("", arguments);

    /// <summary>Runs one command line with something on standard input.</summary>
    public async Task<Printed> RunAsync(string input, string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var context = new CliContext
        {
            Output = output,
            Error = error,
            Environment = name => Variables.GetValueOrDefault(name),
            Variables = () => new Dictionary<string, string>(),
            Directory = _folder.Path,
            Time = Clock,
            CreateCheckPass = bench => Runtime(bench).Pass,
            CreateRotations = bench => Runtime(bench).Rotations,
            Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
            IsInputTerminal = Terminal is not null || ReadKey is not null,
            ReadKey = ReadKey ?? (() => Terminal!.Dequeue()),
            IsKeyWaiting = () => Terminal is { Count: > 0 },
            Actor = Actor,
        };
        var exitCode = await Drive.UntilDone(KeyRotatorCommand.RunAsync(arguments, context, Token), Clock);
        var printed = new Printed(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
        _printed.Append(printed.Out).Append(printed.Error);
        return printed;
    }

    /// <summary>Checks again and again, five minutes apart, until the first rotation is there.</summary>
    public async Task<KeyRotation> CheckUntilAsync(RotationPhase phase)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            await using (var state = await StateDatabase.OpenAsync(PathOf("keyrotator.db"), Clock, Token))
            await using (var transaction = await state.BeginReadAsync(Token))
            {
                var rotation = await RotationTable.FindAsync(transaction, 1, Token);
                if (rotation?.Phase == phase)
                {
                    return rotation;
                }

                var wait = rotation?.NextAt - Clock.GetUtcNow();
                Clock.Advance(wait > TimeSpan.FromMinutes(5) ? wait.Value : TimeSpan.FromMinutes(5));
            }

            await RunAsync("check");
        }

        throw new InvalidOperationException($"It never came to {phase}.");
    }

    public async Task<int> RotationsAsync()
    {
        using var list = JsonDocument.Parse((await RunAsync("rotations", "list", "--all", "-o", "json")).Out);
        return list.RootElement.GetArrayLength();
    }

    public static IEnumerable<ConsoleKeyInfo> Typing(string text) => text.Select(letter => new ConsoleKeyInfo(
        letter,
        letter switch { '\r' => ConsoleKey.Enter, '\b' => ConsoleKey.Backspace, _ => ConsoleKey.None },
        shift: false,
        alt: false,
        control: letter < ' '));

    public async ValueTask DisposeAsync()
    {
        await _emulator.DisposeAsync();
        var files = Directory.GetFiles(_folder.Path, "keyrotator.db*").Select(File.ReadAllBytes).Select(Encoding.Latin1.GetString);
        var left = string.Concat(files) + _printed;
        _folder.Dispose();
        foreach (var value in _values)
        {
            left.Contains(value, StringComparison.Ordinal).ShouldBeFalse("a value is in what was printed, or in the database");
        }
    }

    private FileStore Store(string name) => new(
        name, PathOf($"{name}.enc"), FileStoreKey.FromKeyFile(PathOf("store.key")), Clock);

    private static PassRuntime Runtime(Workbench bench) =>
        bench.Keep(new PassRuntime(bench.Settings, bench.Database, bench.Stores, bench.Time, NullLoggerFactory.Instance));

    /// <summary>What one command line printed.</summary>
    internal sealed record Printed(int ExitCode, string Out, string Error)
    {
        /// <summary>One JSON document a line.</summary>
        public IReadOnlyList<JsonElement> Lines =>
            [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
