namespace KeyRotator.State.Copy;

/// <summary>What a column holds.</summary>
internal enum ColumnKind
{
    /// <summary>A whole number, or nothing.</summary>
    Number = 0,

    /// <summary>Text, or nothing.</summary>
    Text,

    /// <summary>Yes or no.</summary>
    Flag,

    /// <summary>Bytes.</summary>
    Bytes,
}

/// <summary>A column as its engine knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="KeyOrdinal">Its place in the primary key, from 1; 0 where it is no part of it.</param>
internal sealed record TableColumn(string Name, ColumnKind Kind, int KeyOrdinal)
{
    /// <summary>Its name as SQL has it: some are words of the language.</summary>
    public string Quoted => $"\"{Name}\"";

    /// <summary>The parameter that stands for its value.</summary>
    public string Parameter => $"@{Name}";

    /// <summary>Reads its value from a row.</summary>
    public object? Read(Row row) => Kind switch
    {
        ColumnKind.Number => row.LongOrNull(),
        ColumnKind.Text => row.TextOrNull(),
        ColumnKind.Flag => row.Flag(),
        _ => row.Bytes(),
    };

    /// <summary>Sets a parameter to a value that was read from a column of the same meaning in whichever engine: a flag is a number in
    /// one.</summary>
    public void Set(Statement statement, string parameter, object? value) => _ = Kind switch
    {
        ColumnKind.Number => statement.Set(parameter, value is bool flag ? (flag ? 1 : 0) : (long?)value),
        ColumnKind.Text => statement.Set(parameter, (string?)value),
        ColumnKind.Flag => statement.Set(parameter, value is bool flag ? flag : (long)value! != 0),
        _ => statement.Set(parameter, (byte[])value!),
    };
}
