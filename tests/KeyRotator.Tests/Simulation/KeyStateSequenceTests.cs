using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Simulation;

/// <summary>Whatever is done to a key in whatever order: its versions go along NIST's transitions only, and every move is on
/// record.</summary>
public sealed class KeyStateSequenceTests
{
    private static readonly string[] s_values = ["one", "two", "three"];

    private enum Act
    {
        Check = 0,
        Change,
        Remove,
        Suspend,
        Resume,
        SuspendInFile,
        ResumeInFile,
        Leak,
        LeakUnseen,
        Destroy,
        Lapse,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Sequences_OfAnything_RecordNoMoveThatIsRefused()
    {
        var step = from act in Gen.Elements(Enum.GetValues<Act>()) from value in Gen.Elements(s_values) select new Deed(act, value);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), deeds => RunAsync(deeds).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Leak_NeverChecked_IsCompromisedAndTheNextValueIsAnotherVersion()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await ActAsync(world, Act.LeakUnseen, "one");
        world.Local.Put("k", PassWorld.ValueOf("k", 2));
        world.Vendor.Accept(PassWorld.ValueOf("k", 2));

        await world.CheckAsync();

        await using var transaction = await world.State.BeginReadAsync(Token);
        var versions = await KeyVersionTable.OfAsync(transaction, KeyId.Parse("k"), Token);
        versions.Select(version => (version.Sequence, version.State, version.SupersededAt is null))
            .ShouldBe([(2, KeyState.Active, true), (1, KeyState.Compromised, false)]);
        (await KeyStates.TransitionsAsync(transaction, KeyId.Parse("k"), Token))[1].Select(move => move.To)
            .ShouldBe([KeyState.Active, KeyState.Compromised]);
    }

    [Fact]
    public async Task Leak_ValueComesBack_IsCompromisedAtOnce()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        await world.CheckAsync();
        await ActAsync(world, Act.Leak, "");
        await ActAsync(world, Act.Change, "two");
        await world.CheckAsync();
        world.Local.Put("k", PassWorld.ValueOf("k"));

        await world.CheckAsync();

        (await world.StatusAsync("k")).State.ShouldBe(KeyState.Compromised);
        await using var transaction = await world.State.BeginReadAsync(Token);
        (await KeyVersionTable.OfAsync(transaction, KeyId.Parse("k"), Token))[0].State.ShouldBe(KeyState.Compromised);
    }

    private static async Task RunAsync(IReadOnlyList<Deed> deeds)
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        foreach (var (act, value) in deeds)
        {
            await ActAsync(world, act, value);
        }

        await using var transaction = await world.State.BeginReadAsync(Token);
        var versions = await KeyVersionTable.OfAsync(transaction, KeyId.Parse("k"), Token);
        var moves = await KeyStates.TransitionsAsync(transaction, KeyId.Parse("k"), Token);
        foreach (var version in versions)
        {
            var chain = moves[version.Sequence].ToList();
            chain[0].From.ShouldBeNull();
            chain[^1].To.ShouldBe(version.State);
            foreach (var (before, move) in chain.Zip(chain.Skip(1)))
            {
                move.From.ShouldBe(before.To);
                KeyLifecycle.Allows(before.To, move.To).ShouldBeTrue($"{before.To} to {move.To}");
            }
        }

        var status = (await KeyStatusTable.LoadAsync(transaction, [KeyId.Parse("k")], Token)).Values.SingleOrDefault();
        if (status is { Version: > 0 })
        {
            status.State.ShouldBe(versions.Single(version => version.Sequence == status.Version).State);
        }
    }

    private static async Task ActAsync(PassWorld world, Act act, string value)
    {
        world.Clock.Advance(TimeSpan.FromMinutes(7));
        switch (act)
        {
            case Act.Check:
                await world.CheckAsync();
                break;
            case Act.Change:
                world.Local.Put("k", PassWorld.ValueOf(value));
                world.Vendor.Accept(PassWorld.ValueOf(value));
                break;
            case Act.Remove:
                world.Local.Remove("k");
                break;
            case Act.SuspendInFile or Act.ResumeInFile:
                world.Edit("k", key => key with { Suspended = act is Act.SuspendInFile });
                break;
            default:
                await DecideAsync(world, act, value);
                break;
        }
    }

    private static async Task DecideAsync(PassWorld world, Act act, string value)
    {
        var key = world.Inventory.Find(KeyId.Parse("k"))!;
        var now = world.Clock.GetUtcNow();
        var decisions = new KeySuspensions(
            world.State, new FindingWriter(world.Configured, world.Inventory, world.State.InstallationId), world.Clock);
        var held = new Suspension { Since = now, By = "ops@test", Reason = "x", Until = value == "one" ? now.AddMinutes(9) : null };
        await (act switch
        {
            Act.Suspend => decisions.SuspendAsync([key], held, Token),
            Act.Resume => decisions.ResumeAsync([key], Token),
            Act.Lapse => decisions.LapseAsync(Token),
            _ => WriteAsync(world, act, key, value),
        });
    }

    private static async Task WriteAsync(PassWorld world, Act act, ManagedKey key, string value)
    {
        await using var transaction = await world.State.BeginWriteAsync(Token);
        var known = (await KeyStatusTable.LoadAsync(transaction, [key.Id], Token)).GetValueOrDefault(key.Id)?.Fingerprint;
        var print = act is Act.Leak && known is { } current
            ? current
            : world.State.Fingerprinter.Of(new SecretValue(PassWorld.ValueOf(value)));
        var move = new KeyTransition(null, KeyState.Compromised, world.Clock.GetUtcNow(), "ops@test", "told so");
        await (act is Act.Destroy
            ? KeyStates.DestroyAsync(transaction, key.Id, print, move, Token)
            : LeakedValue.RecordAsync(transaction, key, print, move, Token));
        await transaction.CommitAsync(Token);
    }

    private sealed record Deed(Act Act, string Value);
}
