using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Two keys in one JSON secret, rotated at the same moment by two processes of one installation or of two.</summary>
public sealed class SharedSecretTests
{
    private const int Enough = 24;
    private const int MostAttempts = 10;

    // Longer than a lease.
    private static readonly TimeSpan s_nap = TimeSpan.FromMinutes(3);

    public static TheoryData<int, bool, bool> Moments
    {
        get
        {
            var moments = new TheoryData<int, bool, bool>();
            foreach (var number in Enumerable.Range(0, Enough * 4))
            {
                moments.Add(number / 4, number % 2 == 0, number % 4 < 2);
            }

            return moments;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // The first is stopped at a moment, the second goes as far as it can; then both go on.
    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotate_TwoKeysOfOneSecretAtOnce_BothEndCurrent(int moment, bool canStage, bool isOneInstallation)
    {
        LabStore store = canStage ? new StagingLabStore("lab") : new LabStore("lab");
        store.Put("json", Json("old-a-5f0c3a9b", "old-b-5f0c3a9b"));
        var (clock, vendor) = (new ManualClock(), Vendor());
        await using var one = await StateDatabase.OpenAsync(null, clock, Token);
        await using var two = await StateDatabase.OpenAsync(null, clock, Token);
        ManagedKey[] keys = [Key("a", "A"), Key("b", "B")];
        var (first, second) = (
            new Worker(RotationWorld.DeskOf(one, clock, vendor, keys, [store]), keys[0], takesOver: !isOneInstallation),
            new Worker(RotationWorld.DeskOf(isOneInstallation ? one : two, clock, vendor, keys, [store]), keys[1], takesOver: !isOneInstallation));
        var (stopped, goOn) = StopAt(store, moment);

        var work = first.RotateAsync("new-a-91b7d2c4", s_nap);
        await Drive.UntilDone(Task.WhenAny(work, stopped), clock, RotationDesk.Lease);
        store.Pause = null;
        await Drive.UntilDone(second.RotateAsync("new-b-91b7d2c4", s_nap), clock, RotationDesk.Lease);
        goOn();
        await Drive.UntilDone(work, clock, RotationDesk.Lease);
        await SettleAsync(clock, first, second);

        store.Current("json").ShouldBe(
            Json("new-a-91b7d2c4", "new-b-91b7d2c4"), $"{(await second.LastAsync()).Phase}, {(await second.LastAsync()).Needs}");
        store.SeenBy("json").Count.ShouldBe(3, "every rotation ends in one version");
        store.StagedAt("json").ShouldBeNull();
        foreach (var worker in new[] { first, second })
        {
            (await worker.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
            (await worker.LastAsync()).Locations[0].Attempt.ShouldBeLessThanOrEqualTo(MostAttempts);
        }
    }

    [Theory]
    [InlineData("aws")]
    [InlineData("vault")]
    public async Task Rotate_TwoFieldsOfOneSecret_BothEndCurrentWithoutAConflict(string store)
    {
        await using var world = await RotationWorld.StartAsync(key => key with
        {
            Locations = [RotationWorld.At(store, "json", "A"), RotationWorld.At(store, "json", "B")],
        });
        LabStore lab = store == "aws" ? world.Staging : world.Plain;
        lab.Put("json", Json(RotationWorld.Old, RotationWorld.Old));
        var journal = await world.SubmitAsync();

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.Zero);

        journal.Rotation.Phase.ShouldBe(RotationPhase.Overlap, string.Join('\n', await world.StoryAsync()));
        lab.Current("json").ShouldBe(Json(RotationWorld.New, RotationWorld.New));
        journal.Rotation.Locations.ShouldAllBe(location => location.Attempt == 1);
    }

    private static async Task SettleAsync(ManualClock clock, Worker first, Worker second)
    {
        for (var round = 0; round < 10; round++)
        {
            await Drive.UntilDone(first.CarryOnAsync(s_nap), clock, RotationDesk.Lease);
            await Drive.UntilDone(second.CarryOnAsync(s_nap), clock, RotationDesk.Lease);
        }
    }

    private static (Task Stopped, Action GoOn) StopAt(LabStore store, int moment)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        store.Pause = async _ =>
        {
            if (count++ == moment)
            {
                stopped.SetResult();
                await goOn.Task;
            }
        };
        return (stopped.Task, goOn.SetResult);
    }

    private static FakeVendor Vendor()
    {
        var vendor = new FakeVendor();
        new List<string> { "old-a-5f0c3a9b", "old-b-5f0c3a9b", "new-a-91b7d2c4", "new-b-91b7d2c4" }.ForEach(vendor.Accept);
        return vendor;
    }

    private static ManagedKey Key(string id, string field) =>
        A.Key(id, "gate", "lab", "json") with { Locations = [RotationWorld.At("lab", "json", field)] };

    private static string Json(string a, string b) => $$"""{"A":"{{a}}",  "C" : {"deep": [1, 2.50]}, "B" : "{{b}}"}""";

    private sealed class Worker(RotationDesk desk, ManagedKey key, bool takesOver)
    {
        private RotationJournal? _journal;
        private SecretValue? _candidate;

        public async Task RotateAsync(string value, TimeSpan patience)
        {
            _candidate = new SecretValue(value);
            _journal = await new RotationOffice(desk).OpenAsync(new RotationRequest { Key = key, Actor = "ops", TakesOver = takesOver }, _candidate, Token);
            await CarryOnAsync(patience);
        }

        public Task<RotationStep> CarryOnAsync(TimeSpan patience) =>
            new RotationRunner(desk, _journal!).CarryOnAsync(_candidate, patience, Token);

        public async Task<KeyRotation> LastAsync()
        {
            await using var transaction = await desk.State.BeginReadAsync(Token);
            return (await RotationTable.ListAsync(transaction, all: true, 10, Token)).Single(rotation => rotation.KeyId == key.Id);
        }
    }
}
