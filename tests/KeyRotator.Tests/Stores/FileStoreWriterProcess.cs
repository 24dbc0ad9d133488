using System.Diagnostics;
using KeyRotator.Keys;
using KeyRotator.Stores;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>A process that writes to a file store until it is killed: this assembly, started to run the one test here.</summary>
public sealed class FileStoreWriterProcess
{
    /// <summary>The file in which it notes, a line each, what it was told is written.</summary>
    internal const string Report = "reported";

    private const string FolderVariable = "KEYROTATOR_TEST_CHILD_FOLDER";

    internal static Process Start(string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        var method = $"{typeof(FileStoreWriterProcess).FullName}.{nameof(Write_UntilKilled_NotesWhatIsWritten)}";
        string[] arguments = [typeof(FileStoreWriterProcess).Assembly.Location, "-explicit", "only", "-method", method];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment[FolderVariable] = folder;
        return Process.Start(start)!;
    }

    [Fact(Explicit = true, Timeout = 600_000)]
    public async Task Write_UntilKilled_NotesWhatIsWritten()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        var key = FileStoreKey.FromKeyFile(Path.Combine(folder, "key"));
        var store = new FileStore("local", Path.Combine(folder, "secrets.enc"), key, TimeProvider.System);
        var token = TestContext.Current.CancellationToken;
        for (var i = 0; i < 10_000; i++)
        {
            var location = new SecretLocation { Store = "local", Name = $"child-{i}" };
            await store.WriteAsync(new SecretWrite(location, new("value"), null, Guid.NewGuid()), token);
            await File.AppendAllTextAsync(Path.Combine(folder, Report), $"child-{i}\n", token);
        }
    }
}
