using System.Security.Cryptography;
using System.Text;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.State.Sqlite;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State.Sqlite;

public sealed class SchemaTests : IDisposable
{
    // A migration that has landed is never edited: databases out there have it already. Add another one.
    private static readonly string[] s_landed =
        ["9e38572a399e01ad", "f66bc073c62c7a02", "94f2dc605bcd199b", "568b1ee4e2ddac9c", "b3a88e5709c9eed5", "c5c8072f5b9b0de9"];

    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Migrations_Numbers_HaveNoGaps() =>
        Migration.All().Select(migration => migration.Number).ShouldBe(Enumerable.Range(1, s_landed.Length));

    [Fact]
    public void Migrations_Landed_AreNeverEdited() => Migration.All()
        .Select(migration => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(migration.Sql)))[..16])
        .ShouldBe(s_landed);

    [Fact]
    public async Task Open_OlderSchema_IsBroughtUpAndKeepsItsRows()
    {
        await _folder.CreateAsync();
        _folder.Run("INSERT INTO model_list (digest, ids) VALUES ('d', '[]')");

        await _folder.CreateAsync(With("ALTER TABLE model_list ADD COLUMN note TEXT; UPDATE model_list SET note = 'kept ' || digest"));

        Ask("SELECT note FROM model_list").ShouldBe("kept d");
        Ask("SELECT count(*) FROM schema_version").ShouldBe(s_landed.Length + 1L);
    }

    // A rotation that was under way when the new version was installed goes on as it was: at once, with nobody asked.
    [Fact]
    public async Task Open_OlderSchemaWithARotation_KeepsIt()
    {
        await _folder.CreateAsync(new SqliteSettings { Migrations = [.. Migration.All().Take(3)] });
        _folder.Run(
            """
            INSERT INTO rotation (uid, key_id, kind, phase, actor, submitted_at, new_fingerprint, is_emergency, is_old_dead, waives_proof,
              grace, death_rejections, fence, leased_until)
            VALUES ('4b4c3b2a-0000-4000-8000-000000000000', 'k', 'Replacement', 'Installing', 'ops@host', 0, printf('%064d', 1), 0, 0, 0, 0,
              0, 1, 0)
            """);

        await using var database = await _folder.OpenAsync();
        await using var transaction = await database.BeginReadAsync(TestContext.Current.CancellationToken);
        var rotation = await RotationTable.FindAsync(transaction, 1, TestContext.Current.CancellationToken);

        rotation.ShouldNotBeNull().Terms.ShouldBe(RotationTerms.AtOnce);
        (rotation.Held, rotation.AwaitsApproval).ShouldBe((null, false));
    }

    [Fact]
    public async Task Open_MigrationFails_LeavesTheOlderSchema()
    {
        await _folder.CreateAsync();

        var broken = With("ALTER TABLE model_list ADD COLUMN note TEXT; SELECT no_such_column");
        await Should.ThrowAsync<StateException>(() => _folder.CreateAsync(broken));

        Ask("SELECT count(*) FROM schema_version").ShouldBe((long)s_landed.Length);
        Ask("SELECT count(*) FROM pragma_table_info('model_list') WHERE name = 'note'").ShouldBe(0L);
        await _folder.CreateAsync();
    }

    [Fact]
    public async Task Open_NewerSchema_IsRefusedAndLeftAsItIs()
    {
        await _folder.CreateAsync(With("CREATE TABLE later (id INTEGER) STRICT"));

        await ShouldBeLeftAsync($"newer KeyRotator (schema {s_landed.Length + 1}, this one knows {s_landed.Length})");
    }

    [Fact]
    public async Task Open_AnotherProgramsDatabase_IsRefusedAndLeftAsItIs()
    {
        _folder.Run("CREATE TABLE invoices (id INTEGER)");

        await ShouldBeLeftAsync("belongs to another program");
    }

    [Fact]
    public async Task Open_NoDatabase_IsRefusedAndLeftAsItIs()
    {
        await File.WriteAllTextAsync(_folder.Database, new string('x', 5000), TestContext.Current.CancellationToken);

        await ShouldBeLeftAsync("is not a SQLite database");
    }

    [Fact]
    public async Task Open_CutFile_IsRefusedAndLeftAsItIs()
    {
        await _folder.CreateAsync();
        await using (var file = File.OpenWrite(_folder.Database))
        {
            file.SetLength(5000);
        }

        await ShouldBeLeftAsync("is damaged");
    }

    private static SqliteSettings With(string sql) => new() { Migrations = [.. Migration.All(), new(Migration.All().Count + 1, sql)] };

    private async Task ShouldBeLeftAsync(string because)
    {
        var before = await File.ReadAllBytesAsync(_folder.Database, TestContext.Current.CancellationToken);

        var fault = await Should.ThrowAsync<StateException>(() => _folder.OpenAsync());

        fault.Message.ShouldContain(because);
        fault.Message.ShouldContain(_folder.Database);
        (await File.ReadAllBytesAsync(_folder.Database, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    private object? Ask(string sql)
    {
        using var connection = _folder.Connect();
        return connection.Ask(sql);
    }
}
