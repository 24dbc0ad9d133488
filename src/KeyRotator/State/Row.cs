using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The current row of a query, read column by column from the left.</summary>
internal abstract class Row
{
    private int _column;

    public string Text() => TextAt(_column++);

    public string? TextOrNull() => SkipsNull() ? null : Text();

    public long Long() => LongAt(_column++);

    public int Int() => checked((int)Long());

    public int? IntOrNull() => SkipsNull() ? null : Int();

    public bool Flag() => FlagAt(_column++);

    public byte[] Bytes() => BytesAt(_column++);

    public DateTimeOffset Time() => new(Long(), TimeSpan.Zero);

    public DateTimeOffset? TimeOrNull() => SkipsNull() ? null : Time();

    public Fingerprint? FingerprintOrNull() => SkipsNull() ? null : Fingerprint.Parse(Text());

    public TEnum Member<TEnum>()
        where TEnum : struct, Enum => Enum.Parse<TEnum>(Text());

    public TEnum? MemberOrNull<TEnum>()
        where TEnum : struct, Enum => SkipsNull() ? null : Member<TEnum>();

    /// <summary>Back to the first column: the next row has come.</summary>
    protected void Rewind() => _column = 0;

    protected abstract bool IsNullAt(int column);

    protected abstract string TextAt(int column);

    protected abstract long LongAt(int column);

    protected abstract bool FlagAt(int column);

    protected abstract byte[] BytesAt(int column);

    private bool SkipsNull()
    {
        if (!IsNullAt(_column))
        {
            return false;
        }

        _column++;
        return true;
    }
}
