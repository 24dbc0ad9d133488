using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Ways to disturb a rotation at its nth touch of a store, and what must hold afterwards.</summary>
internal static class RotationFaults
{
    /// <summary>As many moments as the longest of these rotations has, and some.</summary>
    public static TheoryData<int> Moments => [.. Enumerable.Range(0, 48)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Does something at the nth moment, once. Tells whether it came to it.</summary>
    public static Func<bool> At(this RotationWorld world, int moment, Action<string> happens)
    {
        var count = 0;
        void Reach(string what)
        {
            if (count++ == moment)
            {
                happens(what);
            }
        }

        world.Staging.At = world.Plain.At = Reach;
        return () => count > moment;
    }

    /// <summary>Calls of a kind get lost on their way.</summary>
    public static void Lose(this LabStore store, string call) => store.At = what =>
    {
        if (what == $"before {call}")
        {
            throw new SecretStoreException(store.Name, call, null, isTransient: true, "No answer came.");
        }
    };

    /// <summary>Nothing is disturbed any more.</summary>
    public static void Heal(this RotationWorld world) => world.Staging.At = world.Plain.At = null;

    /// <summary>Carries on until the end of it, or until the process dies. Tells whether it died.</summary>
    public static async Task<bool> DiesAsync(this RotationWorld world, int moment, Func<Task> work)
    {
        world.At(moment, _ => throw new KilledException());
        try
        {
            await work();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
        finally
        {
            world.Heal();
        }
    }

    /// <summary>An operator asks for the old value back.</summary>
    public static async Task<RotationJournal> RollBackAsync(this RotationWorld world)
    {
        var journal = (await world.RestartAsync())!;
        await journal.SaveAsync(RotationActs.RollBack(journal.Rotation, world.Clock.GetUtcNow()), "asked for the old value back.", Token);
        return journal;
    }

    /// <summary>An operator decides something.</summary>
    public static async Task ActAsync(this RotationWorld world, Func<KeyRotation, DateTimeOffset, KeyRotation> act)
    {
        var journal = (await world.RestartAsync())!;
        await journal.SaveAsync(act(journal.Rotation, world.Clock.GetUtcNow()), null, Token);
        await journal.ReleaseAsync(Token);
    }

    /// <summary>Every location holds a value, was changed so many times, and nothing of ours is left staged.</summary>
    public static async Task ShouldStandAsync(this RotationWorld world, RotationPhase phase, string value, int seen)
    {
        var end = await world.LastAsync();
        var story = $"{end.Phase}: {end.Needs}\n{string.Join('\n', await world.StoryAsync())}";
        end.Phase.ShouldBe(phase, story);
        foreach (var store in new LabStore[] { world.Staging, world.Plain })
        {
            store.Current("llm").ShouldBe(value, story);
            store.SeenBy("llm").Count.ShouldBe(seen, story);
            store.StagedAt("llm").ShouldBeNull(story);
        }

        (await world.FindingsAsync()).ShouldBeEmpty(story);
    }
}
