using System.Globalization;

namespace KeyRotator.Configuration;

/// <summary>What a file looks like from outside, to see that it changed without reading it.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Mark">Equal as long as the file was not changed, replaced, removed or pointed elsewhere.</param>
internal sealed record FileStamp(string Path, string Mark)
{
    /// <summary>Looks at a file.</summary>
    public static FileStamp Of(string path) => new(path, MarkOf(path));

    // Kubernetes mounts a ConfigMap or Secret as links through `..data`, which it points to a new folder: the target is part of the mark.
    private static string MarkOf(string path)
    {
        try
        {
            var folder = System.IO.Path.GetDirectoryName(path) ?? "/";
            var data = new DirectoryInfo(System.IO.Path.Combine(folder, "..data")).LinkTarget;
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists
                ? string.Create(CultureInfo.InvariantCulture, $"{data}|{target.FullName}|{target.LastWriteTimeUtc.Ticks}|{target.Length}")
                : "absent";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }
}
