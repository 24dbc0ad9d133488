using System.Diagnostics;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>A file system of 4 MB in memory, for a site's database.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>The site's database.</summary>
    public string Database => Path.Combine(_folder, "keyrotator.db");

    private string Ballast => Path.Combine(_folder, "ballast");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Mounts one, and has the site's configuration name a database on it. Skips where this user may not mount.</summary>
    public static async Task<SmallDisk> MountAsync(Site site)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux()
                && Environment.UserName == "root", "Only root may mount a small disk: run the tests as root, on Linux.");
        var disk = new SmallDisk(Directory.CreateDirectory(site.At("disk")).FullName);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk._folder);
        var settings = site.At("keyrotator.yaml");
        var text = await File.ReadAllTextAsync(settings, Token);
        await File.WriteAllTextAsync(
            settings, text.Replace("sqlite:keyrotator.db", $"sqlite:{disk.Database}", StringComparison.Ordinal), Token);
        return disk;
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                ballast.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // That is what full means.
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", _folder);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.Equal(0, process.ExitCode);
    }
}
