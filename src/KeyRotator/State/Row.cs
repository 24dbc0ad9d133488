using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>The current row of a query, read column by column from the left.</summary>
internal abstract class Row
{
    private int _column;

    public string Text() => TextAt(_column++);

    public string? TextOrNull() => SkipsNull() ? null : Text();

    public long Long() => LongAt(_column++);

    public long? LongOrNull() => SkipsNull() ? null : Long();

    public int Int() => checked((int)Long());

    public int? IntOrNull() => SkipsNull() ? null : Int();

    public bool Flag() => FlagAt(_column++);

    public byte[] Bytes() => BytesAt(_column++);

    public DateTimeOffset Time() => new(Long(), TimeSpan.Zero);

    public DateTimeOffset? TimeOrNull() => SkipsNull() ? null : Time();

    public KeyId Key() => KeyId.Parse(Text());

    public Fingerprint Fingerprint() => Secrets.Fingerprint.Parse(Text());

    public Fingerprint? FingerprintOrNull() => SkipsNull() ? null : Fingerprint();

    public TEnum Member<TEnum>()
        where TEnum : struct, Enum => Members<TEnum>.Of(Text());

    public TEnum? MemberOrNull<TEnum>()
        where TEnum : struct, Enum => SkipsNull() ? null : Member<TEnum>();

    /// <summary>Back to the first column: the next row has come.</summary>
    protected void Rewind() => _column = 0;

    protected abstract bool IsNullAt(int column);

    protected abstract string TextAt(int column);

    protected abstract long LongAt(int column);

    protected abstract bool FlagAt(int column);

    protected abstract byte[] BytesAt(int column);

    private static class Members<TEnum>
        where TEnum : struct, Enum
    {
        private static readonly Dictionary<string, TEnum> s_members = Enum.GetValues<TEnum>()
            .ToDictionary(member => member.ToString(), StringComparer.Ordinal);

        public static TEnum Of(string name) =>
            s_members.TryGetValue(name, out var member) ? member : throw new FormatException($"No {typeof(TEnum).Name} has that name.");
    }

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
