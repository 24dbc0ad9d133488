using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>Queries are the same for every engine: PostgreSQL understands each of them.</summary>
public sealed class PostgresStatementTests : StatementSuite<PostgresTestEngine>
{
    [Fact]
    public async Task EveryStatement_Runs()
    {
        await using var transaction = await Database.BeginWriteAsync(Cancel);
        await ReadEverythingAsync(transaction);
        await WriteEverythingAsync(transaction);

        transaction.Texts.Count.ShouldBeGreaterThan(80);
    }
}
