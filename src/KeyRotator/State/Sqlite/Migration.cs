using System.Globalization;

namespace KeyRotator.State.Sqlite;

/// <summary>One step of the schema. Never edited once it has landed: what it did wrong, the next one puts right.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Sql">Its statements.</param>
internal sealed record Migration(int Number, string Sql)
{
    private const string Prefix = "KeyRotator.State.Sqlite.Migrations.";

    /// <summary>All of them in order: the files of <c>Migrations/</c>.</summary>
    public static IReadOnlyList<Migration> All()
    {
        var names = typeof(Migration).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
        return [.. names.Select(Read).OrderBy(migration => migration.Number)];
    }

    private static Migration Read(string name)
    {
        using var stream = typeof(Migration).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return new(int.Parse(Path.GetFileNameWithoutExtension(name[Prefix.Length..]), CultureInfo.InvariantCulture), reader.ReadToEnd());
    }
}
