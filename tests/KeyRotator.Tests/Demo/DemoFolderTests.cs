using KeyRotator.Demo;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

public sealed class DemoFolderTests
{
    [Fact]
    public void Create_Folder_IsItsOwnersOnly()
    {
        using var folder = new DemoFolder();
        folder.WriteStoreKey("store.key");

        Mode(folder.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Mode(Path.Combine(folder.Path, "store.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Dispose_WithFiles_LeavesNothing()
    {
        var folder = new DemoFolder();
        folder.Write("a", "b");

        folder.Dispose();

        Directory.Exists(folder.Path).ShouldBeFalse();
    }

    private static UnixFileMode Mode(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(path);
}
