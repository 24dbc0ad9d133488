using System.Data.Common;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The current row of a query, read column by column from the left.</summary>
internal sealed class Row(DbDataReader reader)
{
    private int _column;

    /// <summary>Moves to the next row; false after the last.</summary>
    public Task<bool> NextAsync(CancellationToken cancellationToken)
    {
        _column = 0;
        return reader.ReadAsync(cancellationToken);
    }

    public string Text() => reader.GetString(_column++);

    public string? TextOrNull() => IsNull() ? null : Text();

    public int Int() => reader.GetInt32(_column++);

    public int? IntOrNull() => IsNull() ? null : Int();

    public long Long() => reader.GetInt64(_column++);

    public long? LongOrNull() => IsNull() ? null : Long();

    public bool Flag() => reader.GetBoolean(_column++);

    public byte[] Bytes() => reader.GetFieldValue<byte[]>(_column++);

    public DateTimeOffset Time() => new(Long(), TimeSpan.Zero);

    public DateTimeOffset? TimeOrNull() => IsNull() ? null : Time();

    public Fingerprint? FingerprintOrNull() => IsNull() ? null : Fingerprint.Parse(Text());

    public TEnum Member<TEnum>()
        where TEnum : struct, Enum => Enum.Parse<TEnum>(Text());

    public TEnum? MemberOrNull<TEnum>()
        where TEnum : struct, Enum => IsNull() ? null : Member<TEnum>();

    private bool IsNull()
    {
        if (!reader.IsDBNull(_column))
        {
            return false;
        }

        _column++;
        return true;
    }
}
