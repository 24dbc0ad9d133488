using Xunit;

namespace KeyRotator.Tests.Support;

/// <content>Where tests get theirs from.</content>
public sealed partial class PostgresServer
{
    private const string FolderVariable = "KEYROTATOR_POSTGRES";
    private const string Advice =
        $"{FolderVariable} names no folder with initdb and postgres. Get them with: apt-get install postgresql; then set, for example, "
        + $"{FolderVariable}=/usr/lib/postgresql/15/bin";

    /// <summary>Starts one; skips the test where the programs are not there. Where peers are required, fails.</summary>
    /// <param name="isDurable">Whether it waits for the disk, as a real one does.</param>
    public static Task<PostgresServer> StartAsync(bool isDurable = false) => StartAsync(Locate(), isDurable);

    private static string Locate()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { } folder && File.Exists(Path.Combine(folder, "initdb")))
        {
            return folder;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }
}
