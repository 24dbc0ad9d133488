using System.Text.Json;
using KeyRotator.Audit;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>What a rotation does is in the audit, and what cannot be there is not done.</summary>
public sealed class RotationAuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Every moment at which a rotation touches a store.</summary>
    public static TheoryData<int> Moments => [.. Enumerable.Range(0, 24)];

    [Fact]
    public async Task Rotation_Whole_IsToldStepByStep()
    {
        await using var world = await StartAsync();

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        var rows = await RowsAsync(world);
        rows[0].Act.ShouldBe(AuditActs.RotationOpened);
        rows.ShouldAllBe(row => row.Target == "k" && row.Rotation == 1 && row.Actor == "ops@host" && row.How == "rotate");
        rows.Where(row => row.Act != AuditActs.RotationWriteBegun).Select(row => row.Reason).ShouldBe(await world.StoryAsync());
        rows.Where(row => row.Act == AuditActs.RotationWriteBegun).Select(row => row.Reason).ShouldBe(
            ["Staging it at aws:llm.", "Making it current at aws:llm.", "Writing it to vault:llm."], ignoreOrder: true);
        var last = await world.LastAsync();
        rows.Select(row => (row.OldFingerprint, row.NewFingerprint)).Distinct()
            .ShouldBe([(last.OldFingerprint?.Short, last.NewFingerprint.Short)]);
        rows[^1].Outcome.ShouldBe(nameof(RotationPhase.Overlap));
    }

    [Fact]
    public async Task Rotation_Refused_IsTheEnd()
    {
        await using var world = await StartAsync();

        await world.CarryOnAsync(await world.SubmitAsync("key-bad-0123456789abcdef"), "key-bad-0123456789abcdef");

        var end = (await RowsAsync(world))[^1];
        (end.Act, end.Outcome).ShouldBe((AuditActs.RotationEnded, nameof(RotationPhase.Refused)));
    }

    [Fact]
    public async Task Decision_OfAnOperator_IsOne()
    {
        await using var world = await StartAsync();
        var journal = await world.SubmitAsync();
        world.State.Actor = new("night@host", "rotations abandon");

        await journal.DecideAsync(RotationActs.Abandon(journal.Rotation, world.Clock.GetUtcNow()), "night@host: gave it up.", Token);

        var row = (await RowsAsync(world))[^1];
        (row.Act, row.Actor, row.How, row.Outcome)
            .ShouldBe((AuditActs.RotationDecided, "night@host", "rotations abandon", nameof(RotationPhase.Abandoned)));
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_Killed_RowsAndStepsAreBothThereOrNeither(int moment)
    {
        await using var world = await StartAsync();
        var journal = await world.SubmitAsync();
        var count = 0;
        void At(string what)
        {
            if (count++ == moment)
            {
                throw new KilledException();
            }
        }

        (world.Staging.At, world.Plain.At) = (At, At);
        try
        {
            await world.CarryOnAsync(journal, RotationWorld.New);
        }
        catch (KilledException)
        {
            count.ShouldBe(moment + 1);
        }

        (world.Staging.At, world.Plain.At) = (null, null);
        await world.SettleAsync();

        var rows = await RowsAsync(world);
        rows.Where(row => row.Act != AuditActs.RotationWriteBegun).Select(row => row.Reason).ShouldBe(await world.StoryAsync());
        Walk(rows).ShouldBe(AuditProof.Whole);
    }

    [Theory]
    [InlineData("rotation.write-begun")]
    [InlineData("rotation.step")]
    public async Task Write_ThatCannotBeAudited_IsNotBegun(string act)
    {
        await using var world = await StartAsync();
        var journal = await world.SubmitAsync();
        await FailAsync(world, act);

        await Should.ThrowAsync<StateException>(() => world.CarryOnAsync(journal, RotationWorld.New));

        (world.Staging.Current("llm"), world.Plain.Current("llm")).ShouldBe((RotationWorld.Old, RotationWorld.Old));
        (await world.LastAsync()).Locations.ShouldAllBe(location => location.Step == LocationStep.Planned);
    }

    [Fact]
    public async Task Opening_ThatCannotBeAudited_OpensNothing()
    {
        await using var world = await StartAsync();
        await FailAsync(world, AuditActs.RotationOpened);

        await Should.ThrowAsync<StateException>(() => world.SubmitAsync());

        await using var transaction = await world.State.BeginReadAsync(Token);
        (await RotationTable.ListAsync(transaction, all: true, 1, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_Never_HoldAValue()
    {
        await using var world = await StartAsync();

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        var text = JsonSerializer.Serialize(await RowsAsync(world));
        text.ShouldContain("rotation.opened");
        foreach (var value in (string[])[RotationWorld.Old, RotationWorld.New])
        {
            Enumerable.Range(8, value.Length - 15).ShouldAllBe(start => !text.Contains(value.Substring(start, 8)));
        }
    }

    private static async Task<RotationWorld> StartAsync()
    {
        var world = await RotationWorld.StartAsync();
        world.State.Actor = new("ops@host", "rotate");
        return world;
    }

    // The database takes everything but that act.
    private static async Task FailAsync(RotationWorld world, string act)
    {
        await using var transaction = await world.State.BeginWriteAsync(Token);
        await transaction
            .Prepare($"CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.act = '{act}' BEGIN SELECT RAISE(ABORT, 'full'); END")
            .ExecuteAsync(Token);
        await transaction.CommitAsync(Token);
    }

    private static async Task<IReadOnlyList<AuditRow>> RowsAsync(RotationWorld world)
    {
        await using var transaction = await world.State.BeginReadAsync(Token);
        return await AuditTable.PageAsync(transaction, 0, 1000, Token);
    }

    private static AuditProof Walk(IReadOnlyList<AuditRow> rows)
    {
        var walk = new AuditWalk(null, null);
        foreach (var row in rows)
        {
            walk.Next(row);
        }

        return walk.Finish();
    }

    private sealed class KilledException : Exception;
}
