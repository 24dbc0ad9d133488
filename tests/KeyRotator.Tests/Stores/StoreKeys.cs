using System.Security.Cryptography;
using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Stores;

/// <summary>Key files for the file store.</summary>
internal static class StoreKeys
{
    /// <summary>The folder's key file, made at the first call.</summary>
    public static string FileIn(TempFolder folder) =>
        File.Exists(folder["key"]) ? folder["key"] : Write(folder["key"], RandomNumberGenerator.GetBytes(32));

    public static string Write(string path, byte[] content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllBytes(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }

        return path;
    }

    public static bool IsOwnersAlone(string path) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
