using System.Globalization;

namespace KeyRotator.State;

/// <summary>One step of a schema. Never edited once it has landed: what it did wrong, the next one puts right.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Sql">Its statements.</param>
internal sealed record Migration(int Number, string Sql)
{
    /// <summary>All of SQLite's in order: the files of <c>Sqlite/Migrations/</c>.</summary>
    public static IReadOnlyList<Migration> All() => Under("KeyRotator.State.Sqlite.Migrations.");

    /// <summary>All of PostgreSQL's in order: the files of <c>Postgres/Migrations/</c>. Its numbers are its own.</summary>
    public static IReadOnlyList<Migration> AllOfPostgres() => Under("KeyRotator.State.Postgres.Migrations.");

    private static Migration[] Under(string prefix)
    {
        var names = typeof(Migration).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal));
        return [.. names.Select(name => Read(name, prefix)).OrderBy(migration => migration.Number)];
    }

    private static Migration Read(string name, string prefix)
    {
        using var stream = typeof(Migration).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return new(int.Parse(Path.GetFileNameWithoutExtension(name[prefix.Length..]), CultureInfo.InvariantCulture), reader.ReadToEnd());
    }
}
