using KeyRotator.Keys;
using KeyRotator.Rotation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>The rotations' world with a store where new values wait.</summary>
internal sealed class HoldingLab(LabStore store) : IAsyncDisposable
{
    public static readonly RotationPerson Ana = new("ana@desk", null);
    public static readonly RotationPerson Ben = new("ben@desk", null);

    private const string Place = "next";

    public HoldingLab()
        : this(new ForgetfulLabStore("hold"))
    {
    }

    public LabStore Store => store;

    public RotationWorld World { get; private set; } = null!;

    public string? Waiting => store.Current(Place);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A key that needs so many approvals.</summary>
    public async Task<RotationWorld> StartAsync(int approvals = 0)
    {
        World = await RotationWorld.StartAsync(
            key => key with
            {
                Holding = RotationWorld.At("hold", Place),
                Policy = KeyPolicy.Default with { Approvals = approvals },
            },
            store);
        return World;
    }

    public Task<RotationJournal> SubmitAsync(TimeSpan? ahead = null, Func<RotationRequest, RotationRequest>? edit = null) =>
        World.SubmitAsync(edit: request =>
        {
            var asked = request with { Submitter = Ana, At = ahead is { } span ? World.Clock.GetUtcNow() + span : null };
            return edit?.Invoke(asked) ?? asked;
        });

    /// <summary>Hands the new value in, and carries it on until it waits.</summary>
    public async Task<RotationJournal> HoldAsync(TimeSpan? ahead = null, Func<RotationRequest, RotationRequest>? edit = null)
    {
        var journal = await SubmitAsync(ahead, edit);
        await World.CarryOnAsync(journal, RotationWorld.New);
        await journal.ReleaseAsync(Token);
        return journal;
    }

    /// <summary>Decides, and carries on.</summary>
    public async Task<RotationStep> ActAsync(Func<KeyRotation, DateTimeOffset, KeyRotation> act)
    {
        await World.ActAsync(act);
        return await ResumeAsync();
    }

    public Task<RotationStep> ApproveAsync() => ActAsync((rotation, now) => RotationActs.Approve(rotation, Ben, now));

    /// <summary>Another process takes it and carries it on.</summary>
    public async Task<RotationStep> ResumeAsync(TimeSpan? patience = null)
    {
        var journal = (await World.RestartAsync())!;
        var stop = await World.CarryOnAsync(journal, patience: patience);
        await journal.ReleaseAsync(Token);
        return stop;
    }

    public async Task<IReadOnlyList<long>> DueAsync()
    {
        await using var transaction = await World.State.BeginReadAsync(Token);
        return await KeyRotator.State.RotationTable.DueAsync(transaction, World.Clock.GetUtcNow(), 10, Token);
    }

    /// <summary>Throws at the nth touch of any store, once; tells whether it came to it.</summary>
    public Func<bool> Stop(int moment, Func<string, Exception> fault)
    {
        var count = 0;
        void At(string what)
        {
            if (count++ == moment)
            {
                throw fault(what);
            }
        }

        store.At = World.Staging.At = World.Plain.At = At;
        return () => count > moment;
    }

    public void Heal() => store.At = World.Staging.At = World.Plain.At = null;

    /// <summary>Nothing waits any more, every location holds that value, and readers saw nothing but old and new.</summary>
    public async Task ShouldStandAsync(RotationPhase phase, string value)
    {
        await World.ShouldStandAsync(phase, value, value == RotationWorld.New ? 2 : 1);
        Waiting.ShouldBeNull(string.Join('\n', await World.StoryAsync()));
        (await World.LastAsync()).Held!.Step.ShouldBeOneOf(LocationStep.Removed, LocationStep.Planned);
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
