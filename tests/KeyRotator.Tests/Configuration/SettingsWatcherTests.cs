using KeyRotator.Configuration;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SettingsWatcherTests : IDisposable
{
    private readonly SettingsFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<LoadResult> _reloaded = [];

    [Fact]
    public void Check_NothingChanged_LoadsNothing()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));

        watcher.Check().ShouldBeNull();
        watcher.Check().ShouldBeNull();
        (watcher.LastReloadAt, watcher.FailedReloads, watcher.LastFault).ShouldBe((null, 0, null));
    }

    [Fact]
    public void Check_ChangedFile_IsLoadedOnceItSettled()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));
        _folder.Write("k.yaml", "defaults: { grace: 12h }");

        watcher.Check().ShouldBeNull();
        watcher.Check().ShouldNotBeNull().Settings.ShouldBeSameAs(watcher.Current);
        watcher.Check().ShouldBeNull();
        watcher.Current.Defaults.Grace.ShouldBe(TimeSpan.FromHours(12));
        watcher.LastReloadAt.ShouldBe(_clock.GetUtcNow());
        _reloaded.ShouldHaveSingleItem();
    }

    [Fact]
    public void Check_FileStillBeingWritten_Waits()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));

        _folder.Write("k.yaml", "defaults: { gra");
        watcher.Check().ShouldBeNull();
        _folder.Write("k.yaml", "defaults: { grace: 12h }");
        watcher.Check().ShouldBeNull();

        watcher.Check().ShouldNotBeNull().Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("colour: red")] // a fault
    [InlineData("")] // empty
    [InlineData(null)] // gone
    public void Check_BadFile_ChangesNothingAndCounts(string? content)
    {
        var path = _folder.Write("k.yaml", "defaults: { grace: 1h }");
        var watcher = Watch(path);
        var before = watcher.Current;

        Change(path, content);
        Settle(watcher);

        watcher.Current.ShouldBeSameAs(before);
        (watcher.FailedReloads, watcher.LastReloadAt).ShouldBe((1, null));
        watcher.LastFault.ShouldNotBeNull();
        _reloaded.ShouldBeEmpty();
    }

    [Fact]
    public void Check_BadFileRepaired_ForgetsTheFault()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));
        _folder.Write("k.yaml", "colour: red");
        Settle(watcher);

        _folder.Write("k.yaml", "defaults: { grace: 2h }\n");
        Settle(watcher);

        (watcher.LastFault, watcher.FailedReloads).ShouldBe((null, 1));
        watcher.Current.Defaults.Grace.ShouldBe(TimeSpan.FromHours(2));
    }

    [Fact]
    public void Check_MountedSecretRotated_Reloads()
    {
        _folder.Write("mounted", "one");
        var watcher = Watch(_folder.Write("k.yaml", "stores: { s: { kind: file, path: p, passphrase: \"${file:mounted}\" } }"));

        _folder.Write("mounted", "three");
        Settle(watcher);

        watcher.Current.Stores["s"].Passphrase.ShouldNotBeNull().Length.ShouldBe(5);
    }

    [Fact]
    public void Check_FileAddedToFolder_Reloads()
    {
        _folder.Write("a.yaml", "defaults: { grace: 1h }");
        var watcher = Watch(_folder.Path);

        _folder.Write("b.yaml", "defaults: { purge: true }");
        Settle(watcher);

        watcher.Current.Defaults.Purge.ShouldBeTrue();
    }

    [Fact]
    public void Check_LinksSwapped_Reloads()
    {
        Mount("1", "defaults: { grace: 1h }");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "k.yaml"), Path.Combine("..data", "k.yaml"));
        var watcher = Watch(Path.Combine(_folder.Path, "k.yaml"));

        Mount("2", "defaults: { grace: 2h }");
        Settle(watcher);

        watcher.Current.Defaults.Grace.ShouldBe(TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task RunAsync_ChangedFile_IsSeenByTheClock()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));
        var reloaded = new TaskCompletionSource();
        watcher.Reloaded += (_, _) => reloaded.TrySetResult();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _folder.Write("k.yaml", "defaults: { grace: 12h }");

        var run = watcher.RunAsync(stop.Token);
        await AdvanceUntil(reloaded.Task);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(run);
        watcher.Current.Defaults.Grace.ShouldBe(TimeSpan.FromHours(12));
    }

    public void Dispose() => _folder.Dispose();

    private SettingsWatcher Watch(string path)
    {
        var watcher = new SettingsWatcher(path, _folder.Load, _folder.Load(path), _clock, NullLogger<SettingsWatcher>.Instance);
        watcher.Reloaded += (_, result) => _reloaded.Add(result);
        return watcher;
    }

    private static void Settle(SettingsWatcher watcher)
    {
        watcher.Check().ShouldBeNull();
        watcher.Check().ShouldNotBeNull();
    }

    private async Task AdvanceUntil(Task done)
    {
        while (!done.IsCompleted)
        {
            _clock.Advance(SettingsWatcher.Period);
            await Task.Yield();
        }
    }

    private static void Change(string path, string? content)
    {
        File.Delete(path);
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }
    }

    // As the kubelet does: a new folder, to which `..data` then points.
    private void Mount(string version, string yaml)
    {
        var link = new DirectoryInfo(Path.Combine(_folder.Path, "..data"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "..v" + version));
        File.WriteAllText(Path.Combine(_folder.Path, "..v" + version, "k.yaml"), yaml);
        if (link.LinkTarget is not null)
        {
            link.Delete();
        }

        link.CreateAsSymbolicLink("..v" + version);
    }
}
