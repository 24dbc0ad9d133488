using System.Globalization;
using System.Security.Cryptography;

namespace KeyRotator.Stores;

/// <summary>What one write would put into a version. Disposing clears it.</summary>
/// <param name="write">The write.</param>
/// <param name="isStaging">Whether consumers must not read it yet.</param>
internal sealed class GcpDraft(SecretWrite write, bool isStaging) : IDisposable
{
    private byte[]? _content;

    public SecretWrite Write => write;

    public bool IsStaging => isStaging;

    /// <summary>Whether the answer to an addition was lost.</summary>
    public bool IsLost { get; set; }

    /// <summary>The bytes, once loaded.</summary>
    public ReadOnlyMemory<byte> Content => _content;

    /// <summary>The number that a version's id is, 0 for null, -1 where it is none of Secret Manager's.</summary>
    public static long NumberOf(SecretVersion? version) => version is null ? 0
        : long.TryParse(version.Value.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : -1;

    /// <summary>Whether a version's bytes have the write's value where the write puts it.</summary>
    public static bool Holds(ReadOnlySpan<byte> bytes, SecretWrite write)
    {
        if (write.Location.Field is not null)
        {
            return JsonWrites.Holds(bytes, write);
        }

        var wanted = JsonFields.Encode(write.Value, write.Location, "write");
        try
        {
            return bytes.SequenceEqual(wanted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wanted);
        }
    }

    /// <summary>Makes the content from the expected version.</summary>
    /// <returns>That version's number where it holds the value already, else null.</returns>
    /// <exception cref="SecretStoreException">The value does not fit there, or is too large.</exception>
    public async Task<long?> LoadAsync(GcpApi api, CancellationToken cancellationToken)
    {
        var number = NumberOf(write.ExpectedVersion);
        if (_content is not null)
        {
            return null;
        }

        using var old = number > 0 ? await api.AccessAsync(write.Location, GcpApi.Text(number), "write", cancellationToken) : null;
        if (old is null && number > 0)
        {
            throw new SecretConflictException(write.Location.Store, write.Location, "the expected version is not there.");
        }

        if (old is not null && Holds(old.Bytes, write))
        {
            _content = old.Bytes.ToArray();
            return number;
        }

        _content = write.Location.Field is null
            ? JsonFields.Encode(write.Value, write.Location, "write")
            : JsonWrites.Replace(old is null ? "{}"u8 : old.Bytes, write);
        return _content.Length <= GcpWriter.MaxBytes
            ? null
            : throw new SecretStoreException(write.Location.Store, "write", write.Location, isTransient: false,
                $"a version holds at most {GcpWriter.MaxBytes} bytes.");
    }

    /// <summary>The lowest of some versions that holds what is to be written, or null.</summary>
    public async Task<long?> FindAsync(GcpApi api, GcpVersions versions, CancellationToken cancellationToken)
    {
        if (versions.Above.Count > 0 && await LoadAsync(api, cancellationToken) is { } equal)
        {
            return equal; // the caller has seen it already
        }

        foreach (var version in versions.Above)
        {
            if (await IsEqualAsync(api, version, cancellationToken) is true)
            {
                return version.Number;
            }
        }

        return null;
    }

    /// <summary>The highest version below ours that holds something else, or null.</summary>
    public async Task<GcpVersion?> FindOtherAsync(GcpApi api, GcpVersions versions, long ours, CancellationToken cancellationToken)
    {
        foreach (var version in versions.Above.Where(version => version.Number < ours).Reverse())
        {
            if (await IsEqualAsync(api, version, cancellationToken) is false)
            {
                return version;
            }
        }

        return null;
    }

    // Null where it cannot be read.
    private async Task<bool?> IsEqualAsync(GcpApi api, GcpVersion version, CancellationToken cancellationToken)
    {
        if (version.State != "ENABLED")
        {
            return null;
        }

        using var payload = await api.AccessAsync(write.Location, GcpApi.Text(version.Number), "write", cancellationToken);
        return payload?.Bytes.SequenceEqual(_content);
    }

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(_content);
}
