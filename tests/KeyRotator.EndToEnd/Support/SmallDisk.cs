using System.Globalization;
using KeyRotator.State.Sqlite;
using Microsoft.Data.Sqlite;
using Shouldly;
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
            OperatingSystem.IsLinux() && Environment.UserName == "root",
            "Only root may mount a small disk: run the tests as root, on Linux.");
        var disk = new SmallDisk(Directory.CreateDirectory(site.At("disk")).FullName);
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk._folder);
        var settings = site.At("keyrotator.yaml");
        var text = await File.ReadAllTextAsync(settings, Token);
        await File.WriteAllTextAsync(
            settings, text.Replace("sqlite:keyrotator.db", $"sqlite:{disk.Database}", StringComparison.Ordinal), Token);
        return disk;
    }

    /// <summary>Leaves no byte free, and none in the journal, which is written from its beginning again and again.</summary>
    public void FillWithJournal()
    {
        Fill();
        SystemSqlite.Load();
        using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            connection.Run("PRAGMA busy_timeout = 30000");
            Convert.ToInt64(connection.Ask("PRAGMA wal_checkpoint(TRUNCATE)"), CultureInfo.InvariantCulture)
                .ShouldBe(0, "the journal is empty, nobody kept it busy");
        }

        Fill(FileMode.Append);
    }

    /// <summary>Leaves no byte free.</summary>
    public void Fill() => Fill(FileMode.Create);

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync() => await RunAsync("umount", "--lazy", _folder);

    private void Fill(FileMode mode)
    {
        using var ballast = new FileStream(Ballast, mode, FileAccess.Write, FileShare.None, bufferSize: 0);
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

    private static Task<string> RunAsync(string program, params string[] arguments) => Tool.ReadAsync(program, arguments, CancellationToken.None);
}
