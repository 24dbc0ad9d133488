using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class RotationTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private static readonly DateTimeOffset s_leased = Now.AddMinutes(2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_EveryMember_ComesBack(bool isApproved)
    {
        var full = Rotation("k") with
        {
            Kind = RotationKind.Watch,
            Phase = RotationPhase.Overlap,
            OldFingerprint = Print(1),
            IsEmergency = true,
            IsOldDead = true,
            WaivesProof = true,
            ExpiresAt = Now.AddDays(9),
            ProvenAt = Now.AddTicks(1),
            LiveAt = Now.AddTicks(2),
            RevokedAt = Now.AddTicks(3),
            Death = new(2, Now.AddTicks(4), Now.AddTicks(5), Now.AddTicks(6)),
            NextAt = Now.AddTicks(7),
            AskedAt = Now.AddTicks(8),
            RevivedAt = Now.AddTicks(9),
            Needs = "Look.",
            Terms = new()
            {
                Submitter = new("ana@desk", "ana"),
                DueAt = Now.AddDays(1),
                LapsesAt = Now.AddDays(7),
                Approvals = 1,
                Approval = isApproved ? new("ben", Now.AddHours(1)) : null,
            },
            Held = new() { Ordinal = RotationLocation.HeldOrdinal, Location = new() { Store = "aws", Name = "next" } },
            Kept = new() { Ordinal = RotationLocation.KeptOrdinal, Location = new() { Store = "aws", Name = "old" } },
            Locations =
            [
                new()
                {
                    Ordinal = 0,
                    Location = new() { Store = "aws", Name = "llm", Field = "A" },
                    Step = LocationStep.Promoting,
                    Before = Print(1),
                    BaseVersion = "v1",
                    NewVersion = "v2",
                    Token = Guid.NewGuid(),
                    Attempt = 3,
                    BegunAt = Now,
                    FailingSince = Now.AddTicks(1),
                    Failures = 4,
                    RetryAt = Now.AddTicks(2),
                    Fault = "It is down.",
                    Foreign = new(Print(3), "v9", Now, "somebody"),
                },
                new() { Ordinal = 1, Location = new() { Store = "vault", Name = "llm" } },
            ],
        };

        var lease = await OpenAsync(full);

        var found = (await FindAsync(lease!.Rotation.Id))!;
        found.Locations.ShouldBe(full.Locations);
        (found with { Locations = full.Locations }).ShouldBe(full with { Id = lease.Rotation.Id });
    }

    [Fact]
    public async Task Open_SecondOfAKey_IsNull()
    {
        await OpenAsync(Rotation("k"));

        (await OpenAsync(Rotation("k"))).ShouldBeNull();
        (await OpenAsync(Rotation("other"))).ShouldNotBeNull();
    }

    [Fact]
    public async Task Open_WatchesOfOtherValues_LiveBesideTheReplacement()
    {
        var watch = Rotation("k") with { Kind = RotationKind.Watch, OldFingerprint = Print(7) };
        (await OpenAsync(watch)).ShouldNotBeNull();
        (await OpenAsync(Rotation("k"))).ShouldNotBeNull();
        (await OpenAsync(watch with { Uid = Guid.NewGuid(), OldFingerprint = Print(8) })).ShouldNotBeNull();

        (await OpenAsync(watch with { Uid = Guid.NewGuid() })).ShouldBeNull("that older value is watched");
        (await OpenAsync(Rotation("k"))).ShouldBeNull("a replacement is open");
    }

    [Fact]
    public async Task Open_AfterTheFirstEnded_IsAnotherOne()
    {
        var first = (await OpenAsync(Rotation("k")))!;
        await SaveAsync(first with { Rotation = first.Rotation with { EndedAt = Now, Phase = RotationPhase.Refused } });

        (await OpenAsync(Rotation("k")))!.Rotation.Id.ShouldBeGreaterThan(first.Rotation.Id);
    }

    [Fact]
    public async Task Lease_WhileSomebodyHasIt_IsNull()
    {
        var id = (await OpenAsync(Rotation("k")))!.Rotation.Id;

        (await LeaseAsync(id, s_leased.AddTicks(-1))).ShouldBeNull();
        (await LeaseAsync(id, s_leased))!.Fence.ShouldBe(2);
    }

    [Fact]
    public async Task Save_WithAnOldFence_ChangesNothing()
    {
        var late = (await OpenAsync(Rotation("k")))!;
        await LeaseAsync(late.Rotation.Id, s_leased);

        (await SaveAsync(late with { Rotation = late.Rotation with { Phase = RotationPhase.Overlap } })).ShouldBeFalse();

        (await FindAsync(late.Rotation.Id))!.Phase.ShouldBe(RotationPhase.Submitted);
    }

    [Fact]
    public async Task Release_LetsTheNextOneInAtOnce()
    {
        var lease = (await OpenAsync(Rotation("k")))!;

        await WriteAsync(transaction => RotationTable.ReleaseAsync(transaction, lease, Cancel));

        (await LeaseAsync(lease.Rotation.Id, Now)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(-1, null, 1, "its time has come")]
    [InlineData(1, null, 0, "its time has not come")]
    [InlineData(-1, "Look.", 0, "it waits for an operator")]
    public async Task Due_Rotation_WhereSomethingIsToBeDone(int next, string? needs, int expected, string why)
    {
        var lease = (await OpenAsync(Rotation("k") with { NextAt = Now.AddTicks(next), Needs = needs }))!;
        await WriteAsync(transaction => RotationTable.ReleaseAsync(transaction, lease, Cancel));

        (await ReadAsync(transaction => RotationTable.DueAsync(transaction, Now, 10, Cancel))).Count.ShouldBe(expected, why);
    }

    [Fact]
    public async Task Traces_SeveralRotations_AreTheNewest()
    {
        var first = (await OpenAsync(Rotation("k") with { NewFingerprint = Print(5) }))!;
        await SaveAsync(first with { Rotation = first.Rotation with { EndedAt = Now } });
        await OpenAsync(Rotation("k") with { NewFingerprint = Print(6), ExpiresAt = Now });

        var traces = await ReadAsync(transaction => RotationTable.TracesAsync(transaction, [Id("k"), Id("other")], Cancel));

        traces.ShouldBe(new Dictionary<KeyId, RotationTrace> { [Id("k")] = new(Print(6), null, Now) });
    }

    [Fact]
    public async Task SecretLock_HeldByAnother_IsTakenOnlyOnceItRanOut()
    {
        var (one, two) = ((await OpenAsync(Rotation("a")))!.Rotation.Id, (await OpenAsync(Rotation("b")))!.Rotation.Id);

        (await LockAsync(one, Now)).ShouldBeTrue();
        (await LockAsync(two, Now)).ShouldBeFalse();
        (await LockAsync(one, Now)).ShouldBeTrue("its own");
        (await LockAsync(two, s_leased)).ShouldBeTrue("it ran out");
    }

    private static KeyRotation Rotation(string key) => new()
    {
        Uid = Guid.NewGuid(),
        KeyId = Id(key),
        Actor = "ops@test",
        SubmittedAt = Now,
        NewFingerprint = Print(2),
        Grace = TimeSpan.FromHours(24),
        Locations = [],
    };

    private Task<RotationLease?> OpenAsync(KeyRotation rotation) =>
        WriteAsync(transaction => RotationTable.OpenAsync(transaction, rotation, s_leased, Cancel));

    private Task<RotationLease?> LeaseAsync(long id, DateTimeOffset now) =>
        WriteAsync(transaction => RotationTable.LeaseAsync(transaction, id, now, now.AddMinutes(2), Cancel));

    private Task<bool> SaveAsync(RotationLease lease) =>
        WriteAsync(transaction => RotationTable.SaveAsync(transaction, lease, s_leased, Cancel));

    private Task<KeyRotation?> FindAsync(long id) => ReadAsync(transaction => RotationTable.FindAsync(transaction, id, Cancel));

    private Task<bool> LockAsync(long rotation, DateTimeOffset now) => WriteAsync(
        transaction => SecretLockTable.TakeAsync(transaction, new("aws", "llm", rotation), now, s_leased, Cancel));
}

public sealed class SqliteFileRotationTableTests : RotationTableTests<SqliteFileEngine>;

public sealed class PostgresRotationTableTests : RotationTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryRotationTableTests : RotationTableTests<SqliteMemoryEngine>;
