using System.Collections;
using System.Text;
using KeyRotator.Alerts;
using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Validation;

namespace KeyRotator.Cli;

/// <summary>All that a verb takes from its surroundings, so that each runs the same in a process of its own and in a test.</summary>
internal sealed record CliContext
{
    private const int DefaultWidth = 80;
    private const int LeastWidth = 40;

    /// <summary>Standard output as bytes. Text goes through <see cref="Out"/>.</summary>
    public required Stream Output { get; init; }

    /// <summary>Standard error: messages and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Looks an environment variable up; null where it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>All environment variables that are set.</summary>
    public required Func<IReadOnlyDictionary<string, string>> Variables { get; init; }

    /// <summary>The directory that relative paths start from.</summary>
    public required string Directory { get; init; }

    /// <summary>Where the machine's own configuration is looked for.</summary>
    public string SystemConfiguration { get; init; } = Configuration.SettingsLocator.SystemPath;

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where alerts go as lines.</summary>
    public Func<LineOutput> Lines { get; init; } = LineOutput.StandardError;

    /// <summary>Source of what must not be foreseen but is no secret.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Makes the pass that <c>check</c> runs.</summary>
    public required Func<Workbench, ICheckPass> CreateCheckPass { get; init; }

    /// <summary>Makes what rotations work with.</summary>
    public required Func<Workbench, RotationDesk> CreateRotations { get; init; }

    /// <summary>Standard input.</summary>
    public Stream Input { get; init; } = Stream.Null;

    /// <summary>Whether somebody types into standard input.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Waits for one key on the terminal, without an echo.</summary>
    public Func<ConsoleKeyInfo> ReadKey { get; init; } = () => throw new InvalidOperationException("There is no terminal.");

    /// <summary>Has the terminal show nothing that is typed, until the result is disposed.</summary>
    public Func<IDisposable?> HideTyping { get; init; } = () => null;

    /// <summary>Whether more was typed or pasted than was read.</summary>
    public Func<bool> IsKeyWaiting { get; init; } = () => false;

    /// <summary>Who works here: account and host, behind the name of the operator whose token was given.</summary>
    public string Actor { get => Person.Name; init => Person = new(value, null); }

    /// <summary>The same, as far as people can be told apart. The operator is known once the configuration is read.</summary>
    public RotationPerson Person { get; set; } = new("operator", null);

    /// <summary>The file that an operator's token was said to be in, or null: known once the command line is understood.</summary>
    public string? OperatorTokenFile { get; set; }

    /// <summary>The verb that runs, as in <c>rotations rollback</c>: known once the command line is understood.</summary>
    public string Verb { get; set; } = "";

    /// <summary>Whether people watch standard output.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Whether people watch standard error.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether standard output may have colours where people watch it.</summary>
    public bool AllowsColour { get; init; } = true;

    /// <summary>Columns of the terminal; 80 where there is none.</summary>
    public int Width { get; init; } = DefaultWidth;

    /// <summary>Columns that text keeps within, or null where nobody watches and lines may be of any length.</summary>
    public int? LineWidth => IsOutputTerminal ? Width : null;

    /// <summary>Standard output as text: UTF-8, buffered, flushed when the verb ends.</summary>
    public TextWriter Out => field ??= new StreamWriter(Output, new UTF8Encoding(false), 16 * 1024, leaveOpen: true) { NewLine = "\n" };

    /// <summary>Colours for standard output, or none.</summary>
    public Paint Paint => new(AllowsColour && IsOutputTerminal && IsColourWelcome);

    /// <summary>Whether the terminal understands escape sequences.</summary>
    public bool IsSmartTerminal => Environment("TERM") != "dumb";

    private bool IsColourWelcome => IsSmartTerminal && string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>The surroundings of this process.</summary>
    public static CliContext OfProcess(
        Func<Workbench, ICheckPass> createCheckPass, Func<Workbench, RotationDesk> createRotations) => new()
        {
            Output = Console.OpenStandardOutput(),
            Error = Console.Error,
            Environment = System.Environment.GetEnvironmentVariable,
            Variables = ReadVariables,
            Directory = System.Environment.CurrentDirectory,
            Time = TimeProvider.System,
            CreateCheckPass = createCheckPass,
            CreateRotations = createRotations,
            Input = Console.OpenStandardInput(),
            IsInputTerminal = !Console.IsInputRedirected,
            ReadKey = () => Console.ReadKey(intercept: true),
            HideTyping = () => new HiddenTyping(),
            IsKeyWaiting = () => Console.KeyAvailable,
            Actor = $"{System.Environment.UserName}@{System.Environment.MachineName}",
            IsOutputTerminal = !Console.IsOutputRedirected,
            IsErrorTerminal = !Console.IsErrorRedirected,
            Width = Console.IsOutputRedirected ? DefaultWidth : WidthOf(Console.WindowWidth),
        };

    // A terminal that does not know its width says 0.
    private static int WidthOf(int columns) => columns <= 0 ? DefaultWidth : Math.Max(columns, LeastWidth);

    private static Dictionary<string, string> ReadVariables() => System.Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);
}
