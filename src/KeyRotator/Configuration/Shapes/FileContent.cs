using System.Text.Unicode;

namespace KeyRotator.Configuration.Shapes;

/// <summary>A file's bytes, valid UTF-8 text, or why there are none.</summary>
/// <param name="Bytes">Without byte order mark.</param>
/// <param name="Complaint">What is wrong, in words that follow the file's name; null where nothing is.</param>
/// <param name="Offset">Where in the file it is wrong.</param>
internal readonly record struct FileContent(ArraySegment<byte> Bytes, string? Complaint, int Offset)
{
    /// <summary>Reads a whole file of at most so many bytes. Devices and pipes work too.</summary>
    public static FileContent Read(string path, int most)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return Check(ReadAtMost(stream, most + 1), most);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new(default, "does not exist", 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new(default, Directory.Exists(path) ? "is a folder" : "cannot be read: check its owner and mode", 0);
        }
    }

    private static ArraySegment<byte> ReadAtMost(FileStream stream, int most)
    {
        var buffer = new byte[stream.CanSeek ? Math.Clamp(stream.Length + 1, 4096, most) : 4096];
        var length = 0;
        while (length < most)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, most));
            }

            var read = stream.Read(buffer, length, buffer.Length - length);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return new(buffer, 0, length);
    }

    private static FileContent Check(ArraySegment<byte> bytes, int most)
    {
        var content = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        ReadOnlySpan<byte> text = content;
        return text switch
        {
            _ when bytes.Count > most => new(default, $"is larger than {most / 1024:N0} KiB", 0),
            _ when text.IndexOf((byte)0) is >= 0 and var offset => new(content, "is not text: it holds a NUL byte", offset),
            _ when !Utf8.IsValid(text) => new(content, "is not UTF-8 text", FirstInvalid(text)),
            _ => new(content, null, 0),
        };
    }

    private static int FirstInvalid(ReadOnlySpan<byte> span)
    {
        var offset = 0;
        while (System.Text.Rune.DecodeFromUtf8(span[offset..], out _, out var length) is System.Buffers.OperationStatus.Done)
        {
            offset += length;
        }

        return offset;
    }
}
