using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class FileStoreConcurrencyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public FileStoreConcurrencyTests() => StoreKeys.FileIn(_folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Write_TwoInstancesAtOnce_LosesNothing()
    {
        await Task.WhenAll(WriteManyTimesAsync(Open(_folder.Path), "one"), WriteManyTimesAsync(Open(_folder.Path), "two"));

        (await NamesAsync()).Count.ShouldBe(60);
    }

    [Fact]
    public async Task Write_TwoInstancesOneVersion_OneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => TryWriteAsync(Open(_folder.Path), $"value {writer}")));

        outcomes.Count(won => won).ShouldBe(1);
    }

    [Fact]
    public async Task Read_WhileAnotherInstanceWrites_NeverFails()
    {
        var reader = Open(_folder.Path);
        await WriteAsync(Open(_folder.Path), "steady");
        var writing = WriteManyTimesAsync(Open(_folder.Path), "one");

        while (!writing.IsCompleted)
        {
            (await reader.ReadAsync(At("steady"), null, Token))?.Value.Reveal().ShouldBe("steady");
        }

        await writing;
    }

    [Fact]
    public async Task Write_LockHeldForTooLong_GivesUp()
    {
        var clock = new ManualClock();
        using var held = new FileStream(_folder["secrets.enc.lock"], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var store = new FileStore("local", _folder["secrets.enc"], FileStoreKey.FromKeyFile(StoreKeys.FileIn(_folder)), clock);

        var writing = WriteAsync(store, "alpha");
        while (!writing.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await Should.ThrowAsync<SecretStoreException>(() => writing)).IsTransient.ShouldBeTrue();
    }

    [Fact(Timeout = 300_000)]
    public async Task Write_AnotherProcessIsKilledMeanwhile_LosesNothing()
    {
        using var child = FileStoreWriterProcess.Start(_folder.Path);
        while (!child.HasExited && ReportedByChild().Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }

        var alone = ReportedByChild().Count;
        List<string> written;
        try
        {
            written = await WriteUntilAsync(Open(_folder.Path), () => child.HasExited || ReportedByChild().Count >= alone + 5);
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
        }

        var names = await NamesAsync();
        written.ShouldNotBeEmpty();
        written.ShouldBeSubsetOf(names);
        ReportedByChild().Count.ShouldBeGreaterThan(alone);
        ReportedByChild().ShouldBeSubsetOf(names);
    }

    public void Dispose() => _folder.Dispose();

    private static SecretLocation At(string name) => new() { Store = "local", Name = name };

    private static async Task WriteManyTimesAsync(FileStore store, string prefix)
    {
        await Task.Yield();
        for (var i = 0; i < 30; i++)
        {
            await WriteAsync(store, $"{prefix}-{i}");
        }
    }

    private static Task<SecretVersion?> WriteAsync(FileStore store, string name) =>
        store.WriteAsync(new SecretWrite(At(name), new(name), null, Guid.NewGuid()), Token);

    private static async Task<bool> TryWriteAsync(FileStore store, string value)
    {
        await Task.Yield();
        try
        {
            await store.WriteAsync(new SecretWrite(At("alpha"), new(value), null, Guid.NewGuid()), Token);
            return true;
        }
        catch (SecretConflictException)
        {
            return false;
        }
    }

    private static FileStore Open(string folder) =>
        new("local", Path.Combine(folder, "secrets.enc"), FileStoreKey.FromKeyFile(Path.Combine(folder, "key")), TimeProvider.System);

    private async Task<List<string>> NamesAsync() =>
        await Open(_folder.Path).ListAsync("", Token).Select(secret => secret.Name).ToListAsync(Token);

    private static async Task<List<string>> WriteUntilAsync(FileStore store, Func<bool> enough)
    {
        List<string> written = [];
        do
        {
            written.Add($"parent-{written.Count}");
            await WriteAsync(store, written[^1]);
        }
        while (!enough());

        return written;
    }

    /// <summary>Whole lines only: the kill may have cut the last one.</summary>
    private List<string> ReportedByChild()
    {
        var report = new FileInfo(_folder[FileStoreWriterProcess.Report]);
        return report.Exists ? [.. File.ReadAllText(report.FullName).Split('\n').SkipLast(1)] : [];
    }
}
