using System.Buffers;

namespace KeyRotator.Validation;

/// <summary>Reads one answer's body, no further than a cap.</summary>
/// <remarks>A body may repeat the key: a rented buffer is wiped before it goes back.</remarks>
internal sealed class AnswerReader : IDisposable
{
    /// <summary>Most bytes read of a model list.</summary>
    public const int ListCap = 4 * 1024 * 1024;

    /// <summary>Most bytes read of any other answer.</summary>
    public const int ErrorCap = 64 * 1024;

    private const int FirstRent = 8 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstRent);
    private int _length;

    /// <summary>What was read; valid until disposal.</summary>
    public ReadOnlyMemory<byte> Body => _buffer.AsMemory(0, _length);

    /// <summary>True where the body goes on beyond the cap.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Reads to the end or to the cap of the answer's status.</summary>
    public async Task ReadAsync(HttpResponseMessage message, CancellationToken cancellationToken)
    {
        var cap = message.IsSuccessStatusCode ? ListCap : ErrorCap;
        var stream = await message.Content.ReadAsStreamAsync(cancellationToken);
        int read;
        do
        {
            MakeRoom();
            read = await stream.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
            _length += read;
        }
        while (read > 0 && _length <= cap);

        IsTruncated = _length > cap;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Return(_buffer, _length);
        _buffer = [];
        _length = 0;
    }

    private void MakeRoom()
    {
        if (_length < _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        Body.CopyTo(larger);
        Return(_buffer, _length);
        _buffer = larger;
    }

    private static void Return(byte[] buffer, int used)
    {
        buffer.AsSpan(0, used).Clear();
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
