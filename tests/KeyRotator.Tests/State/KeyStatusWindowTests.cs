using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class KeyStatusWindowTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Window_SharedValue_CountsItsLastAnswerOnce()
    {
        await SaveAsync(
            Status("a", 1) with { Verdict = Verdict.Rejected, Reason = VerdictReason.Invalid, VerdictSince = Now },
            Status("b", 1) with { ProbedAt = Now.AddTicks(1) });

        var window = await WindowAsync();

        window.ShouldBe(new GuardWindow(1, 1, 0, 0, null));
    }

    [Fact]
    public async Task Window_Rejections_GivesWhenTheEarliestBegan()
    {
        var rejected = Status("a") with { Verdict = Verdict.Rejected, Reason = VerdictReason.Invalid, VerdictSince = Now.AddMinutes(2) };
        await SaveAsync(rejected, rejected with { KeyId = Id("b"), Fingerprint = Print(2), RejectedSince = Now.AddMinutes(1) });

        var window = await WindowAsync();

        window.ShouldBe(new GuardWindow(2, 0, 2, 0, Now.AddMinutes(1)));
    }

    [Fact]
    public async Task Window_RejectionsFromBefore_AreKnown()
    {
        var rejected = Status("a") with { Verdict = Verdict.Rejected, Reason = VerdictReason.Invalid, VerdictSince = Now };
        await SaveAsync(
            rejected,
            rejected with { KeyId = Id("b"), Fingerprint = Print(2), RejectedSince = Now.AddTicks(-1) },
            Status("c", 3) with { Verdict = Verdict.Rejected, Reason = VerdictReason.AccountBlocked, VerdictSince = Now.AddHours(-1) });

        var window = await WindowAsync();

        window.ShouldBe(new GuardWindow(1, 0, 1, 0, Now) { Known = 2 });
    }

    [Theory]
    [InlineData(VerdictReason.Network, 1, 1)]
    [InlineData(VerdictReason.Tls, 1, 1)]
    [InlineData(VerdictReason.Timeout, 1, 1)]
    [InlineData(VerdictReason.ProviderError, 1, 1)]
    [InlineData(VerdictReason.EdgeBlocked, 1, 1)] // a firewall or proxy answered in the provider's place
    [InlineData(VerdictReason.Redirected, 1, 1)] // a captive portal sends elsewhere
    [InlineData(VerdictReason.UnexpectedBody, 1, 1)] // or answers itself
    [InlineData(VerdictReason.WrongEndpoint, 1, 0)] // the provider's own word
    [InlineData(VerdictReason.StoreUnavailable, 0, 0)] // no probe was sent
    [InlineData(VerdictReason.NotProbed, 0, 0)]
    public async Task Window_Inconclusive_CountsByReason(VerdictReason reason, int probed, int unreachable)
    {
        await SaveAsync(Status("a") with { Verdict = Verdict.Inconclusive, Reason = reason });

        var window = await WindowAsync();

        window.ShouldBe(new GuardWindow(probed, 0, 0, unreachable, null));
    }

    [Fact]
    public async Task Window_OutsideOrNotProbed_CountsNothing()
    {
        await SaveAsync(
            Status("early", 1) with { ProbedAt = Now.AddTicks(-1) },
            Status("other", 2) with { Provider = "openai" },
            Status("missing", 3) with { IsMissing = true },
            Status("malformed", 4) with { Defect = KeyRotator.Secrets.SecretDefect.Newline },
            Status("valueless") with { Fingerprint = null });

        var window = await WindowAsync();

        window.ShouldBe(new GuardWindow(0, 0, 0, 0, null));
    }

    private Task SaveAsync(params KeyStatus[] statuses) =>
        WriteAsync(transaction => KeyStatusTable.SaveAsync(transaction, statuses, Cancel));

    private Task<GuardWindow> WindowAsync() => ReadAsync(transaction => KeyStatusWindow.ReadAsync(transaction, "mistral", Now, Cancel));
}

public sealed class SqliteFileKeyStatusWindowTests : KeyStatusWindowTests<SqliteFileEngine>;

public sealed class PostgresKeyStatusWindowTests : KeyStatusWindowTests<PostgresTestEngine>;

public sealed class SqliteMemoryKeyStatusWindowTests : KeyStatusWindowTests<SqliteMemoryEngine>;
