using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class FigureTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Keys_Asked_AreThoseThatWereChecked()
    {
        var status = Status("a") with { FirstSeenAt = Now, AcceptedAt = Now.AddTicks(1), ExpiresAt = Now.AddDays(1) };
        await WriteAsync(transaction => KeyStatusTable.SaveAsync(transaction, [status, Status("b", 2)], Cancel));

        var keys = await ReadAsync(transaction => FigureTable.KeysAsync(transaction, [Id("a"), Id("never")], Cancel));

        keys.Values.ShouldBe(
        [
            new()
            {
                KeyId = Id("a"),
                Version = 1,
                State = KeyState.Active,
                Verdict = Verdict.Accepted,
                Reason = VerdictReason.Ok,
                FirstSeenAt = Now,
                CheckedAt = Now,
                AcceptedAt = Now.AddTicks(1),
                ExpiresAt = Now.AddDays(1),
                NextCheckAt = Now,
            },
        ]);
    }

    [Fact]
    public async Task Findings_SomeHeldSomeResolved_AreCountedApart()
    {
        await InsertAsync(Claim("a"), Now, null);
        await InsertAsync(Claim("b"), Now, Now.AddMinutes(1));
        await InsertAsync(Claim("c"), Now, Now);
        await ResolveAsync(await InsertAsync(Claim("d"), Now, null));

        (await ReadAsync(transaction => FigureTable.FindingsAsync(transaction, Now, Cancel)))
            .ShouldBe([new(FindingReason.KeyRejected, Severity.Critical, 2, 3)]);
    }

    [Fact]
    public async Task OpenSince_SeveralOfOneReason_IsTheOldest()
    {
        await InsertAsync(Claim("a", mark: "one"), Now.AddHours(1), null);
        await InsertAsync(Claim("a", mark: "two"), Now, null);
        await InsertAsync(Claim("b"), Now, Now.AddTicks(1));
        await InsertAsync(Claim("c") with { Severity = Severity.Info }, Now, null);
        await ResolveAsync(await InsertAsync(Claim("d"), Now, null));

        (await ReadAsync(transaction => FigureTable.OpenSinceAsync(transaction, Now, Cancel)))
            .ShouldBe([new(FindingSubject.Key("a"), FindingReason.KeyRejected, Severity.Critical, Now)]);
    }

    [Fact]
    public async Task Rotations_OpenAndEnded_AreCountedByPhase()
    {
        await OpenAsync(Rotation("a", Now) with { Phase = RotationPhase.Overlap });
        await OpenAsync(Rotation("b", Now.AddHours(-1)) with { Phase = RotationPhase.Overlap });
        await OpenAsync(Rotation("c", Now) with { Phase = RotationPhase.Completed, EndedAt = Now });

        (await ReadAsync(transaction => FigureTable.RotationsAsync(transaction, Cancel)))
            .ShouldBe([new(RotationPhase.Overlap, 2, Now.AddHours(-1)), new(RotationPhase.Completed, 1, Now)], ignoreOrder: true);
    }

    [Fact]
    public async Task Rotated_ReplacementsAndOthers_IsTheLastReplacementThatWasLive()
    {
        await OpenAsync(Rotation("a", Now) with { LiveAt = Now.AddHours(1), EndedAt = Now.AddHours(2) });
        await OpenAsync(Rotation("a", Now) with { LiveAt = Now.AddHours(3), EndedAt = Now.AddHours(4) });
        await OpenAsync(Rotation("a", Now) with { Kind = RotationKind.Watch, LiveAt = Now.AddHours(5) });
        await OpenAsync(Rotation("b", Now));

        (await ReadAsync(transaction => FigureTable.RotatedAsync(transaction, [Id("a"), Id("b"), Id("c")], Cancel)))
            .ShouldBe(new Dictionary<KeyId, DateTimeOffset> { [Id("a")] = Now.AddHours(3) });
    }

    [Fact]
    public async Task Instances_WithPauses_AreThere()
    {
        await WriteAsync(transaction => InstanceTable.SaveAsync(
            transaction, new() { Provider = "mistral", NotBefore = Now, UnreachableSince = Now.AddTicks(1) }, Cancel));

        (await ReadAsync(transaction => FigureTable.InstancesAsync(transaction, Cancel)))
            .ShouldBe([new("mistral", Now, Now.AddTicks(1))]);
    }

    [Fact]
    public async Task Jobs_NeverSucceeded_AreLeftOut()
    {
        await WriteAsync(transaction => transaction
            .Prepare(
                """
                INSERT INTO job_status (job, successes, failures, succeeded_at, duration)
                VALUES ('validate', 1, 0, @at, 0), ('prune', 0, 1, NULL, 0)
                """)
            .Set("@at", Now)
            .ExecuteAsync(Cancel));

        (await ReadAsync(transaction => FigureTable.JobsAsync(transaction, Cancel)))
            .ShouldBe(new Dictionary<string, DateTimeOffset> { ["validate"] = Now });
    }

    private Task<Finding> InsertAsync(FindingClaim claim, DateTimeOffset at, DateTimeOffset? heldUntil) =>
        WriteAsync(transaction => FindingTable.InsertAsync(transaction, claim, at, heldUntil, null, Cancel));

    private Task ResolveAsync(Finding finding) =>
        WriteAsync(transaction => FindingTable.UpdateAsync(transaction, finding with { ResolvedAt = Now }, Cancel));

    private Task<RotationLease?> OpenAsync(KeyRotation rotation) =>
        WriteAsync(transaction => RotationTable.OpenAsync(transaction, rotation, Now, Cancel));

    private static KeyRotation Rotation(string key, DateTimeOffset at) => new()
    {
        Uid = Guid.NewGuid(),
        KeyId = Id(key),
        Actor = "ops@test",
        SubmittedAt = at,
        OldFingerprint = Print(1),
        NewFingerprint = Print(2),
        Grace = TimeSpan.FromHours(24),
        Locations = [],
    };
}

public sealed class SqliteFileFigureTableTests : FigureTableTests<SqliteFileEngine>;

public sealed class SqliteMemoryFigureTableTests : FigureTableTests<SqliteMemoryEngine>;
