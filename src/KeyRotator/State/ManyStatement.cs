using System.Globalization;

namespace KeyRotator.State;

/// <summary>A query over many values, cut into chunks of two fixed sizes, so that it is prepared twice at most.</summary>
/// <param name="sql">The query; <c>@each</c> stands where the list of values goes.</param>
internal sealed class ManyStatement(string sql)
{
    private const int Few = 8;
    private const int Many = 128;

    private static readonly string[] s_names =
        [.. Enumerable.Range(0, Many).Select(index => string.Create(CultureInfo.InvariantCulture, $"@each{index}"))];

    private readonly string _few = sql.Replace("@each", string.Join(", ", s_names.Take(Few)), StringComparison.Ordinal);
    private readonly string _many = sql.Replace("@each", string.Join(", ", s_names), StringComparison.Ordinal);

    /// <summary>Runs it over distinct values; <paramref name="set"/> gives the other parameters, where there are any.</summary>
    public async Task<List<T>> ReadAsync<T>(
        StateTransaction transaction,
        IEnumerable<string> values,
        Action<Statement>? set,
        Func<Row, T> map,
        CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        foreach (var chunk in values.Chunk(Many))
        {
            var size = chunk.Length <= Few ? Few : Many;
            var statement = transaction.Prepare(size == Few ? _few : _many);
            set?.Invoke(statement);
            for (var index = 0; index < size; index++)
            {
                // A short chunk repeats its last value.
                statement.Set(s_names[index], chunk[Math.Min(index, chunk.Length - 1)]);
            }

            rows.AddRange(await statement.ReadAsync(map, cancellationToken));
        }

        return rows;
    }
}
