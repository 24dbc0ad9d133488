namespace KeyRotator.State.Sqlite;

/// <summary>Which file systems a database may lie on.</summary>
internal static class FileSystems
{
    // 9p and virtiofs are left out: with them a virtual machine sees its own host's disk, and one kernel does all the locking.
    private static readonly HashSet<string> s_network = new(StringComparer.OrdinalIgnoreCase)
    {
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "afpfs", "coda", "ncpfs", "davfs", "webdav",
        "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "orangefs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.davfs", "fuse.davfs2", "fuse.rclone",
        "fuse.s3fs", "fuse.goofys", "fuse.mount-s3", "fuse.gcsfuse", "fuse.blobfuse", "fuse.blobfuse2", "fuse.juicefs",
        "fuse.smbnetfs", "fuse.curlftpfs",
    };

    /// <summary>The type of the file system that holds a folder, as the operating system names it; empty where it does not say.</summary>
    public static string TypeOf(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return drive.DriveType == DriveType.Network && OperatingSystem.IsWindows() ? "smb" : drive.DriveFormat;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "";
        }
    }

    /// <summary>True where another machine does the storing: its locks and shared memory cannot be trusted.</summary>
    public static bool IsNetwork(string type) => s_network.Contains(type);
}
