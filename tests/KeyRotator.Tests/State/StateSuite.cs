using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>A place for one test's database. Another engine is another implementation, and one line below each suite.</summary>
public interface ITestEngine : IDisposable
{
    Task<StateDatabase> OpenAsync(TimeProvider time, CancellationToken cancellationToken);

    /// <summary>What somebody runs who means to change the audit: its guards are the first to go.</summary>
    IReadOnlyList<string> LiftingTheAudit { get; }

    /// <summary>Asks how durable a commit is.</summary>
    string DurabilityQuery { get; }

    /// <summary>The answer that means a loss of power.</summary>
    string Durable { get; }
}

/// <summary>What every table's tests share: a fresh database, and transactions in one line.</summary>
public abstract class StateSuite<TEngine> : IAsyncLifetime
    where TEngine : ITestEngine, new()
{
    private readonly TEngine _engine = new();

    protected static DateTimeOffset Now { get; } = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero).AddTicks(1);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected ITestEngine Engine => _engine;

    protected StateDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Database = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        if (Database is { } database)
        {
            await database.DisposeAsync(); // none where the engine is missing
        }

        _engine.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<StateDatabase> OpenAsync() => _engine.OpenAsync(new ManualClock(), Cancel);

    protected Task WriteAsync(Func<StateTransaction, Task> work) => WriteAsync(async transaction =>
    {
        await work(transaction);
        return 0;
    });

    protected Task<T> WriteAsync<T>(Func<StateTransaction, Task<T>> work) => WriteAsync(Database, work);

    protected static async Task<T> WriteAsync<T>(StateDatabase database, Func<StateTransaction, Task<T>> work)
    {
        await using var transaction = await database.BeginWriteAsync(Cancel);
        var result = await work(transaction);
        await transaction.CommitAsync(Cancel);
        return result;
    }

    protected async Task<T> ReadAsync<T>(Func<StateTransaction, Task<T>> work)
    {
        await using var transaction = await Database.BeginReadAsync(Cancel);
        return await work(transaction);
    }

    protected static KeyId Id(string text) => KeyId.Parse(text);

    protected static Fingerprint Print(int seed) => Fingerprint.Parse(seed.ToString("x64", null));

    protected static KeyStatus Status(string key, int print = 1) => new()
    {
        KeyId = Id(key),
        Provider = "mistral",
        Version = 1,
        Fingerprint = Print(print),
        Verdict = Verdict.Accepted,
        Reason = VerdictReason.Ok,
        HttpStatus = 200,
        CheckedAt = Now,
        ProbedAt = Now,
        NextCheckAt = Now,
    };

    protected static KeyVersion Version(string key, int sequence = 1) =>
        new() { KeyId = Id(key), Sequence = sequence, Fingerprint = Print(1), FirstSeenAt = Now };

    protected static FindingClaim Claim(string key = "k", FindingReason reason = FindingReason.KeyRejected, string mark = "") => new()
    {
        Key = new(FindingSubject.Key(key), reason, 1, mark),
        Severity = Severity.Critical,
        Message = "The key is dead.",
    };
}
