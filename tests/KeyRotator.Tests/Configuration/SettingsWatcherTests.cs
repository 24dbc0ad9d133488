using KeyRotator.Configuration;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class SettingsWatcherTests : IDisposable
{
    private readonly SettingsFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<Settings> _inForce = [];

    [Fact]
    public async Task Check_NothingChanged_LoadsNothing()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));

        (await CheckAsync(watcher)).ShouldBeNull();
        (await CheckAsync(watcher)).ShouldBeNull();
        (watcher.LastReloadAt, watcher.FailedReloads, watcher.LastFault).ShouldBe((null, 0, null));
    }

    [Fact]
    public async Task Check_ChangedFile_IsLoadedOnceItSettled()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));
        _folder.Write("k.yaml", "defaults: { grace: 12h }");

        (await CheckAsync(watcher)).ShouldBeNull();
        (await CheckAsync(watcher)).ShouldNotBeNull().Settings.ShouldBeSameAs(watcher.Current);
        (await CheckAsync(watcher)).ShouldBeNull();
        watcher.Current.Defaults.Grace.ShouldBe(TimeSpan.FromHours(12));
        watcher.LastReloadAt.ShouldBe(_clock.GetUtcNow());
        _inForce.ShouldHaveSingleItem().ShouldBeSameAs(watcher.Current);
    }

    [Fact]
    public async Task Check_FileStillBeingWritten_Waits()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));

        _folder.Write("k.yaml", "defaults: { gra");
        (await CheckAsync(watcher)).ShouldBeNull();
        _folder.Write("k.yaml", "defaults: { grace: 12h }");
        (await CheckAsync(watcher)).ShouldBeNull();

        (await CheckAsync(watcher)).ShouldNotBeNull().Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("colour: red")] // a fault
    [InlineData("")] // empty
    [InlineData(null)] // gone
    public async Task Check_BadFile_ChangesNothingAndCounts(string? content)
    {
        var path = _folder.Write("k.yaml", "defaults: { grace: 1h }");
        var watcher = Watch(path);
        var before = watcher.Current;

        Change(path, content);
        await SettleAsync(watcher);

        watcher.Current.ShouldBeSameAs(before);
        (watcher.FailedReloads, watcher.LastReloadAt).ShouldBe((1, null));
        watcher.LastFault.ShouldNotBeNull();
        _inForce.ShouldBeEmpty();
        watcher.IsInForce.ShouldBeFalse();
    }

    [Fact]
    public async Task Check_CannotBePutInForce_IsTriedAgain()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));
        _folder.Write("k.yaml", "defaults: { grace: 12h }");
        await CheckAsync(watcher);

        await Should.ThrowAsync<StateException>(
            () => watcher.CheckAsync((_, _) => throw new StateException("It is locked.", null), TestContext.Current.CancellationToken));
        (watcher.IsInForce, watcher.LastReloadAt, watcher.Current.Defaults.Grace).ShouldBe((false, null, TimeSpan.FromHours(1)));

        (await CheckAsync(watcher)).ShouldNotBeNull();
        (watcher.IsInForce, watcher.Current.Defaults.Grace).ShouldBe((true, TimeSpan.FromHours(12)));
    }

    [Fact]
    public async Task Check_BadFileRepaired_ForgetsTheFault()
    {
        var watcher = Watch(_folder.Write("k.yaml", "defaults: { grace: 1h }"));
        _folder.Write("k.yaml", "colour: red");
        await SettleAsync(watcher);

        _folder.Write("k.yaml", "defaults: { grace: 2h }\n");
        await SettleAsync(watcher);

        (watcher.LastFault, watcher.FailedReloads).ShouldBe((null, 1));
        watcher.Current.Defaults.Grace.ShouldBe(TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task Check_MountedSecretRotated_Reloads()
    {
        _folder.Write("mounted", "one");
        var watcher = Watch(_folder.Write("k.yaml", "stores: { s: { kind: file, path: p, passphrase: \"${file:mounted}\" } }"));

        _folder.Write("mounted", "three");
        await SettleAsync(watcher);

        watcher.Current.Stores["s"].Passphrase.ShouldNotBeNull().Length.ShouldBe(5);
    }

    [Fact]
    public async Task Check_FileAddedToFolder_Reloads()
    {
        _folder.Write("a.yaml", "defaults: { grace: 1h }");
        var watcher = Watch(_folder.Path);

        _folder.Write("b.yaml", "defaults: { purge: true }");
        await SettleAsync(watcher);

        watcher.Current.Defaults.Purge.ShouldBeTrue();
    }

    [Fact]
    public async Task Check_LinksSwapped_Reloads()
    {
        Mount("1", "defaults: { grace: 1h }");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "k.yaml"), Path.Combine("..data", "k.yaml"));
        var watcher = Watch(Path.Combine(_folder.Path, "k.yaml"));

        Mount("2", "defaults: { grace: 2h }");
        await SettleAsync(watcher);

        watcher.Current.Defaults.Grace.ShouldBe(TimeSpan.FromHours(2));
    }

    public void Dispose() => _folder.Dispose();

    private SettingsWatcher Watch(string path) => new(path, _folder.Load, _folder.Load(path), _clock, NullLogger<SettingsWatcher>.Instance);

    private Task<LoadResult?> CheckAsync(SettingsWatcher watcher) => watcher.CheckAsync(PutInForce, TestContext.Current.CancellationToken);

    private Task PutInForce(Settings settings, CancellationToken cancellationToken)
    {
        _inForce.Add(settings);
        return Task.CompletedTask;
    }

    private async Task SettleAsync(SettingsWatcher watcher)
    {
        (await CheckAsync(watcher)).ShouldBeNull();
        (await CheckAsync(watcher)).ShouldNotBeNull();
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
