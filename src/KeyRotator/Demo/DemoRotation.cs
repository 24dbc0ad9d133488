using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;

namespace KeyRotator.Demo;

/// <summary>One rotation as an operator sees it: what <c>rotate</c>, <c>check</c> and <c>rotations revoked</c> do, and the story that they
/// write down.</summary>
internal sealed class DemoRotation(DemoStage stage)
{
    private const string Operator = "operator@demo";
    private static readonly TimeSpan s_budget = TimeSpan.FromMinutes(1);
    private int _told;

    /// <summary>As it stands.</summary>
    public KeyRotation Rotation { get; private set; } = null!;

    /// <summary>Hands a new key in, and carries it on until it is live everywhere.</summary>
    /// <returns>What the provider's answer proved.</returns>
    public async Task<ProofReport?> SubmitAsync(DemoKey key, CancellationToken cancellationToken)
    {
        ProofReport? proof = null;
        var managed = stage.Settings.Keys.Single(each => each.Id.Value == key.Id);
        var request = new RotationRequest { Key = managed, Actor = Operator, ExpiresAt = stage.Clock.GetUtcNow().Date.AddDays(180) };
        var candidate = stage.Issue(key);
        var journal = await new RotationOffice(stage.Rotations).OpenAsync(request, candidate, cancellationToken);
        var runner = new RotationRunner(stage.Rotations, journal) { Proven = report => proof = report, StopsWhenLive = true };
        await WorkAsync(journal, () => runner.CarryOnAsync(candidate, s_budget, cancellationToken));
        return proof;
    }

    /// <summary>Sets the clock forward to the next thing that is to be done, and does it.</summary>
    public async Task CarryOnAsync(CancellationToken cancellationToken)
    {
        if (Rotation.NextAt is { } next && next > stage.Clock.GetUtcNow())
        {
            stage.Clock.SetForward(next - stage.Clock.GetUtcNow());
        }

        await new RotationRound(stage.Rotations, "check").RunAsync(s_budget, cancellationToken);
        await using var transaction = await stage.State.BeginReadAsync(cancellationToken);
        Rotation = await RotationTable.FindAsync(transaction, Rotation.Id, cancellationToken)
            ?? throw new DemoException($"rotation {Rotation.Id} is gone");
    }

    /// <summary>Says that the old key was revoked.</summary>
    public async Task RevokedAsync(CancellationToken cancellationToken)
    {
        var round = new RotationRound(stage.Rotations, Operator);
        var journal = await round.TakeAsync(Rotation.Id, cancellationToken)
            ?? throw new DemoException($"rotation {Rotation.Id} cannot be taken");
        var revoked = RotationActs.Revoked(journal.Rotation, stage.Clock.GetUtcNow());
        await WorkAsync(journal, () => journal.DecideAsync(revoked, "Said that the old key was revoked.", cancellationToken));
    }

    /// <summary>What happened since it was last asked for.</summary>
    public async Task<IReadOnlyList<RotationEvent>> NewsAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await stage.State.BeginReadAsync(cancellationToken);
        var story = await RotationEventTable.OfAsync(transaction, Rotation.Id, cancellationToken);
        IReadOnlyList<RotationEvent> news = [.. story.Skip(_told)];
        _told = story.Count;
        return news;
    }

    private async Task WorkAsync(RotationJournal journal, Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            Rotation = journal.Rotation;
            await journal.ReleaseAsync(CancellationToken.None);
        }
    }
}
