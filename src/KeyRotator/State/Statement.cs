using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>A prepared statement, used again and again on its connection. Parameters keep their value until they are set anew.</summary>
/// <remarks>In place of an object mapper: rows are written and read by hand, which is as short here, and costs a tenth in a sweep of many
/// keys.</remarks>
internal abstract class Statement : IDisposable
{
    public abstract Statement Set(string name, string? value);

    public abstract Statement Set(string name, long? value);

    public abstract Statement Set(string name, bool value);

    public abstract Statement Set(string name, byte[] value);

    public Statement Set(string name, DateTimeOffset? value) => Set(name, value?.UtcTicks);

    public Statement Set(string name, Fingerprint? value) => Set(name, value?.Hex);

    public Statement Set<TEnum>(string name, TEnum value)
        where TEnum : struct, Enum => Set(name, value.ToString());

    /// <summary>Runs it; returns how many rows it changed.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public abstract Task<int> ExecuteAsync(CancellationToken cancellationToken);

    /// <summary>Runs it; returns its rows.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public abstract Task<List<T>> ReadAsync<T>(Func<Row, T> map, CancellationToken cancellationToken);

    /// <summary>Runs it once for each item; returns how many rows each run changed. Over a network that is one question, not one an
    /// item.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public abstract Task<IReadOnlyList<int>> ExecuteManyAsync<T>(
        IReadOnlyList<T> items, Action<Statement, T> set, CancellationToken cancellationToken);

    /// <summary>Runs a query once for each item; returns the rows of each. Over a network that is one question, not one an item.</summary>
    /// <exception cref="StateException">The database failed.</exception>
    public abstract Task<IReadOnlyList<List<TRow>>> ReadManyAsync<T, TRow>(
        IReadOnlyList<T> items, Action<Statement, T> set, Func<Row, TRow> map, CancellationToken cancellationToken);

    public abstract void Dispose();
}
