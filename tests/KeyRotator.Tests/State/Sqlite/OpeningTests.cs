using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.State.Sqlite;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Sqlite;

public sealed class OpeningTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_NewFile_OnlyItsOwnerMayRead()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file mode.");
            return;
        }

        await using var database = await _folder.OpenAsync();

        foreach (var file in (string[])["state.db", "state.db-wal", "state.db-shm"])
        {
            File.GetUnixFileMode(_folder.In(file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task Open_Again_IsTheSameInstallation()
    {
        await using var first = await _folder.OpenAsync();
        await using var again = await _folder.OpenAsync();
        await using var other = await SqliteFolder.OpenAsync(_folder.In("other.db"));

        again.InstallationId.ShouldBe(first.InstallationId);
        Print(again).ShouldBe(Print(first));
        other.InstallationId.ShouldNotBe(first.InstallationId);
        Print(other).ShouldNotBe(Print(first));
    }

    [Fact]
    public async Task Open_ManyAtOnce_MakeOneInstallation()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _folder.OpenAsync())));

        databases.Select(database => database.InstallationId).Distinct().Count().ShouldBe(1);
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Open_Memory_IsFreshEachTime()
    {
        await using var first = await StateDatabase.OpenAsync(null, TimeProvider.System, TestContext.Current.CancellationToken);
        await using var second = await StateDatabase.OpenAsync(null, TimeProvider.System, TestContext.Current.CancellationToken);

        second.InstallationId.ShouldNotBe(first.InstallationId);
    }

    [Fact]
    public async Task Open_Folder_SaysSo() => await ShouldFailAsync(_folder.In("."), "is a folder");

    [Fact]
    public async Task Open_MissingFolder_NamesItAndMakesNothing()
    {
        await ShouldFailAsync(_folder.In("missing/state.db"), _folder.In("missing") + ". Make it");

        Directory.Exists(_folder.In("missing")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("/sys/keyrotator.db")] // refuses even root
    [InlineData("/proc/keyrotator.db")]
    public async Task Open_FolderThatCannotBeWritten_SaysSo(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These folders are Linux's.");

        await ShouldFailAsync(path, "cannot be made");
    }

    [Fact]
    public async Task Open_ReadOnlyFile_SaysSoBeforeAnyWrite()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Windows has no file mode, and root may write everything.");
            return;
        }

        await _folder.CreateAsync();
        File.SetUnixFileMode(_folder.Database, UnixFileMode.UserRead);

        await ShouldFailAsync(_folder.Database, "read-only");
    }

    [Theory]
    [InlineData("nfs")]
    [InlineData("nfs4")]
    [InlineData("cifs")]
    [InlineData("fuse.sshfs")]
    [InlineData("ceph")]
    public async Task Open_NetworkFileSystem_IsRefusedByName(string type)
    {
        await ShouldFailAsync(_folder.Database, $"network file system ({type})", new() { FileSystemOf = _ => type });

        File.Exists(_folder.Database).ShouldBeFalse();
    }

    [Fact]
    public async Task Open_LinkToANetworkFileSystem_IsRefused()
    {
        await _folder.CreateAsync();
        var link = _folder.In("link.db");
        File.CreateSymbolicLink(link, _folder.Database);

        await ShouldFailAsync(link, "network", new() { FileSystemOf = path => path == link ? "nfs" : "ext4" });
    }

    [Theory]
    [InlineData("ext4")]
    [InlineData("overlay")]
    [InlineData("9p")]
    [InlineData("")] // the system does not say
    public async Task Open_LocalFileSystem_IsTaken(string type) => await _folder.CreateAsync(new() { FileSystemOf = _ => type });

    [Fact]
    public void FileSystemType_OfThisFolder_IsNoNetwork() => FileSystems.IsNetwork(FileSystems.TypeOf(_folder.In("."))).ShouldBeFalse();

    [Fact]
    public void FileSystemType_OfNoFolder_IsEmpty() => FileSystems.TypeOf(_folder.In("missing")).ShouldBeEmpty();

    [Fact]
    public void Library_Missing_NamesThePackages()
    {
        var fault = Should.Throw<StateException>(() => SystemSqlite.Open(["libnone.so.1", "libnone.so"]));

        string[] words = ["libnone.so.1", "libsqlite3-0", "sqlite-libs", "brew install sqlite"];
        words.ShouldAllBe(word => fault.Message.Contains(word));
    }

    [Theory]
    [InlineData(3_036_999, true)]
    [InlineData(3_037_000, false)]
    [InlineData(3_050_004, false)]
    public void Library_Version_IsBounded(int version, bool refused)
    {
        var fault = Record.Exception(() => SystemSqlite.Require(version));

        (fault is StateException { Message: var message } && message.Contains("too old (3.36)")).ShouldBe(refused);
    }

    private static Fingerprint Print(StateDatabase database) => database.Fingerprinter.Of(new SecretValue("same"));

    private static async Task ShouldFailAsync(string path, string because, SqliteSettings? settings = null)
    {
        var fault = await Should.ThrowAsync<StateException>(() => SqliteFolder.OpenAsync(path, settings));

        fault.Message.ShouldContain(because);
        fault.Message.ShouldContain(Path.GetFullPath(path));
    }
}
