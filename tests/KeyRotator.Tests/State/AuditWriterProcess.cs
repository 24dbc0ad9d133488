using System.Diagnostics;
using System.Globalization;
using KeyRotator.Audit;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>A process that acts and records its acts until it is killed: this assembly, started to run the one explicit test
/// here.</summary>
public sealed class AuditWriterProcess : IDisposable
{
    private const string FileVariable = "KEYROTATOR_TEST_AUDIT_FILE";
    private const int Enough = 40;
    private readonly SqliteFileEngine? _engine = Environment.GetEnvironmentVariable(FileVariable) is null ? new() : null;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _engine?.Dispose();

    [Fact]
    public async Task TwoProcesses_Killed_LeaveOneChainOfAllThatWasDoneAndNothingElse()
    {
        await using var database = await _engine!.OpenAsync(TimeProvider.System, Token);
        using var first = Start(_engine.Path, "first");
        using var second = Start(_engine.Path, "second");
        try
        {
            while (await CountAsync(database, "first") < Enough || await CountAsync(database, "second") < Enough)
            {
                (first.HasExited, second.HasExited).ShouldBe((false, false));
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
            }
        }
        finally
        {
            first.Kill();
            second.Kill();
            await first.WaitForExitAsync(CancellationToken.None);
            await second.WaitForExitAsync(CancellationToken.None);
        }

        await using var transaction = await database.BeginReadAsync(Token);
        var rows = await AuditTable.PageAsync(transaction, 0, int.MaxValue, Token);
        var acts = await transaction.Prepare("SELECT digest FROM model_list").ReadAsync(row => row.Text(), Token);
        rows.Select(row => row.Target).ShouldBe(acts, ignoreOrder: true);
        var walk = new AuditWalk(null, null);
        rows.ToList().ForEach(walk.Next);
        walk.Finish().ShouldBe(AuditProof.Whole, walk.Break?.What);
    }

    [Fact(Explicit = true, Timeout = 600_000)]
    public async Task Act_UntilKilled_RecordsEveryAct()
    {
        var (file, name) = Environment.GetEnvironmentVariable(FileVariable)!.Split('|') is [var path, var own] ? (path, own) : ("", "");
        await using var database = await StateDatabase.OpenAsync(file, TimeProvider.System, Token);
        for (var i = 0; i < 100_000; i++)
        {
            var act = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
            await using var transaction = await database.BeginWriteAsync(Token);
            await transaction.Prepare("INSERT INTO model_list (digest, ids) VALUES (@act, '[]')").Set("@act", act).ExecuteAsync(Token);
            var entry = new AuditEntry
            {
                At = DateTimeOffset.UnixEpoch,
                Actor = new(name, "test"),
                Act = AuditActs.RotationStep,
                TargetKind = AuditActs.Key,
                Target = act,
            };
            await AuditTable.AddAsync(transaction, entry, Token);
            await transaction.CommitAsync(Token);
            await transaction.DisposeAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token); // SQLite's lock is not fair: the other's turn
        }
    }

    private static async Task<int> CountAsync(StateDatabase database, string name)
    {
        await using var transaction = await database.BeginReadAsync(Token);
        return (await transaction.Prepare("SELECT count(*) FROM audit WHERE actor = @name").Set("@name", name)
            .ReadAsync(row => row.Int(), Token)).Single();
    }

    private static Process Start(string file, string name)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        var method = $"{typeof(AuditWriterProcess).FullName}.{nameof(Act_UntilKilled_RecordsEveryAct)}";
        string[] arguments = [typeof(AuditWriterProcess).Assembly.Location, "-explicit", "only", "-method", method];
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment[FileVariable] = $"{file}|{name}";
        return Process.Start(start)!;
    }
}
