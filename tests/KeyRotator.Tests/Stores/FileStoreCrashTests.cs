using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>A writer that dies in the middle leaves the old value or the new one, and what it left lying about disturbs nobody.</summary>
public sealed class FileStoreCrashTests : IDisposable
{
    private static readonly SecretLocation s_alpha = new() { Store = "local", Name = "alpha" };

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, int, string> Crashes => new()
    {
        { (int)ReplaceStep.Begun, 0, "old" },
        { (int)ReplaceStep.Written, 0, "old" },
        { (int)ReplaceStep.Flushed, 0, "old" },
        { (int)ReplaceStep.Flushed, 1, "old" },
        { (int)ReplaceStep.Flushed, 50, "old" },
        { (int)ReplaceStep.Flushed, int.MaxValue, "old" },
        { (int)ReplaceStep.Renamed, 0, "new" },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Write_DyingAtAStep_LeavesTheOldOrTheNewValue(int step, int bytesLost, string expected)
    {
        var old = await WriteAsync(Open(), "old", null);
        var dying = Open((reached, unfinished) => DieAt((ReplaceStep)step, reached, unfinished, bytesLost));

        await Should.ThrowAsync<DeathException>(() => WriteAsync(dying, "new", old));

        (await ReadAsync(Open())).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Write_AfterADeath_FinishesTheSameWrite(int step, int bytesLost, string expected)
    {
        var old = await WriteAsync(Open(), "old", null);
        var write = new SecretWrite(s_alpha, new("new"), old, Guid.NewGuid());
        var dying = Open((reached, unfinished) => DieAt((ReplaceStep)step, reached, unfinished, bytesLost));
        await Should.ThrowAsync<DeathException>(() => dying.WriteAsync(write, Token), expected);

        await Open().WriteAsync(write, Token);

        (await ReadAsync(Open())).ShouldBe("new");
        File.Exists(_folder["secrets.enc.tmp"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Write_FirstOneDies_LeavesAnEmptyStore()
    {
        var dying = Open((reached, unfinished) => DieAt(ReplaceStep.Flushed, reached, unfinished, 1));

        await Should.ThrowAsync<DeathException>(() => WriteAsync(dying, "new", null));

        (await ReadAsync(Open())).ShouldBeNull();
    }

    [Fact]
    public async Task Write_DiskFull_KeepsTheOldValueAndRemovesTheRest()
    {
        var old = await WriteAsync(Open(), "old", null);
        var failing = Open((step, _) => FailAt(ReplaceStep.Written, step));

        (await Should.ThrowAsync<SecretStoreException>(() => WriteAsync(failing, "new", old))).IsTransient.ShouldBeTrue();

        (await ReadAsync(Open())).ShouldBe("old");
        File.Exists(_folder["secrets.enc.tmp"]).ShouldBeFalse();
    }

    public void Dispose() => _folder.Dispose();

    private static void FailAt(ReplaceStep step, ReplaceStep reached) =>
        _ = reached == step ? throw new IOException("No space left on device") : 0;

    private static void DieAt(ReplaceStep step, ReplaceStep reached, string unfinished, int bytesLost)
    {
        if (reached != step)
        {
            return;
        }

        if (bytesLost > 0)
        {
            using var file = File.OpenWrite(unfinished);
            file.SetLength(Math.Max(0, file.Length - bytesLost));
        }

        throw new DeathException();
    }

    private static Task<SecretVersion?> WriteAsync(FileStore store, string value, SecretVersion? expected) =>
        store.WriteAsync(new SecretWrite(s_alpha, new(value), expected, Guid.NewGuid()), Token);

    private static async Task<string?> ReadAsync(FileStore store) => (await store.ReadAsync(s_alpha, null, Token))?.Value.Reveal();

    private FileStore Open(Action<ReplaceStep, string>? interrupt = null) =>
        new("local", _folder["secrets.enc"], FileStoreKey.FromKeyFile(StoreKeys.FileIn(_folder)), TimeProvider.System, interrupt);

    /// <summary>Not an IOException: nothing tidies up after it, as nothing does after a kill.</summary>
    private sealed class DeathException : Exception;
}
