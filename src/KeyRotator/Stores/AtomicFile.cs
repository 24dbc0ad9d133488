using System.Runtime.InteropServices;
using System.Text;

namespace KeyRotator.Stores;

/// <summary>Where a replacement of a file stands; a crash may come after each.</summary>
internal enum ReplaceStep
{
    /// <summary>Nothing was done.</summary>
    Begun = 0,

    /// <summary>The new content is in a file beside the old one, perhaps in part and perhaps not on the disk.</summary>
    Written,

    /// <summary>The new content is on the disk.</summary>
    Flushed,

    /// <summary>The new file has the old one's name.</summary>
    Renamed,
}

/// <summary>Replaces a file as a whole: whoever opens it, also after a crash at any instant, sees the old content or the new.</summary>
/// <remarks>The new content goes to a file beside it, mode 0600, is flushed, takes the old one's name, and the folder is flushed: only
/// then is the
/// name on the disk. Writers exclude each other by a lock on a further file, which the kernel drops with the process; that file stays,
/// because
/// removing it would let two writers lock two files of one name. What a crashed writer left behind is removed by the next one. On Windows
/// the
/// folder is not flushed: NTFS journals the rename.</remarks>
/// <param name="path">The file; a symbolic link is followed.</param>
/// <param name="time">Paces the wait for the lock.</param>
/// <param name="interrupt">Called after each step with the unfinished file's path: where tests crash.</param>
internal sealed class AtomicFile(string path, TimeProvider time, Action<ReplaceStep, string>? interrupt = null)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int InvalidArgument = 22; // EINVAL: the file system cannot flush folders
    private static readonly TimeSpan s_lockWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lockPause = TimeSpan.FromMilliseconds(10);

    // EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows
    private static readonly int[] s_lockedCodes = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Keeps other writers out, in this process and others, until it is disposed of.</summary>
    /// <exception cref="IOException">Another writer held the lock for half a minute.</exception>
    public async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var lockPath = Target() + ".lock";
        var start = time.GetTimestamp();
        while (true)
        {
            if (TryLock(lockPath) is { } held)
            {
                return held;
            }

            if (time.GetElapsedTime(start) > s_lockWait)
            {
                throw new IOException($"another process has held the lock on {lockPath} for {s_lockWait.TotalSeconds:0} s.");
            }

            await Task.Delay(s_lockPause, time, cancellationToken);
        }
    }

    /// <summary>Puts what the callback writes in the file's place. The caller holds the lock.</summary>
    public void Replace(Action<Stream> write)
    {
        var target = Target();
        var unfinished = target + ".tmp";
        File.Delete(unfinished);
        interrupt?.Invoke(ReplaceStep.Begun, unfinished);
        try
        {
            WriteFlushed(unfinished, write);
            interrupt?.Invoke(ReplaceStep.Flushed, unfinished);
            File.Move(unfinished, target, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(unfinished); // a full disk should not stay full for this
            throw;
        }

        interrupt?.Invoke(ReplaceStep.Renamed, unfinished);
        FlushFolder(Path.GetDirectoryName(target)!);
    }

    private void WriteFlushed(string unfinished, Action<Stream> write)
    {
        using var file = new FileStream(unfinished, OwnerOnlyOptions(FileMode.CreateNew));
        write(file);
        file.Flush();
        interrupt?.Invoke(ReplaceStep.Written, unfinished);
        file.Flush(flushToDisk: true);
    }

    private string Target() => new FileInfo(path) is { LinkTarget: not null } link
        ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
        : Path.GetFullPath(path);

    private static FileStream? TryLock(string lockPath)
    {
        try
        {
            return new FileStream(lockPath, OwnerOnlyOptions(FileMode.OpenOrCreate));
        }
        catch (IOException held) when (s_lockedCodes.Contains(held.HResult))
        {
            return null;
        }
    }

    private static FileStreamOptions OwnerOnlyOptions(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 64 * 1024 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }

    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenReadOnly(Encoding.UTF8.GetBytes(folder + "\0"), 0);
        var error = descriptor < 0 || Flush(descriptor) != 0 ? Marshal.GetLastPInvokeError() : 0;
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (error is not 0 and not InvalidArgument)
        {
            throw new IOException($"{folder} was not flushed to the disk: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenReadOnly(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
