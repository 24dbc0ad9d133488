using KeyRotator.State.Copy;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Copy;

public sealed class SqliteStateTablesTests : StateTablesTests<SqliteFileEngine>
{
    protected override string Tables => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";

    protected override string Numbered => "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'";
}

public sealed class PostgresStateTablesTests : StateTablesTests<PostgresTestEngine>
{
    protected override string Tables => "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema()";

    protected override string Numbered =>
        "SELECT CAST(table_name AS text) FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'";
}

/// <summary>A table that is added later is not forgotten.</summary>
public abstract class StateTablesTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    protected abstract string Tables { get; }

    protected abstract string Numbered { get; }

    [Fact]
    public async Task All_Tables_AreThoseOfTheSchema()
    {
        var tables = await NamesAsync(Tables);

        tables.Where(table => !table.StartsWith("kr_qrtz_", StringComparison.OrdinalIgnoreCase))
            .ShouldBe(StateTables.All.Append("installation").Append("schema_version"), ignoreOrder: true);
    }

    [Fact]
    public async Task Numbered_Tables_AreThoseWhoseDatabaseGivesOutNumbers() =>
        (await NamesAsync(Numbered)).ShouldBe(StateTables.Numbered.Keys, ignoreOrder: true);

    private Task<List<string>> NamesAsync(string sql) =>
        ReadAsync(transaction => transaction.Prepare(sql).ReadAsync(row => row.Text(), Cancel));
}
