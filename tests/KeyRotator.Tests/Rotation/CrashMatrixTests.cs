using KeyRotator.Keys;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Killed before every effect, and after it before anything was recorded; or the answer was lost.</summary>
public sealed class CrashMatrixTests
{
    private const int Enough = 60;

    /// <summary>Every moment at which a rotation touches a store.</summary>
    public static TheoryData<int> Moments => [.. Enumerable.Range(0, Enough)];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_Killed_EndsWithOneValueEverywhere(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        var isKilled = Stop(world, moment, _ => new KilledException());

        try
        {
            await world.CarryOnAsync(journal, RotationWorld.New);
        }
        catch (KilledException)
        {
            isKilled().ShouldBeTrue();
        }

        Heal(world);
        var end = await world.SettleAsync();
        await ShouldBeWholeAsync(world, end);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_AnswerLost_EndsWithTheNewValueEverywhere(int moment)
    {
        await using var world = await RotationWorld.StartAsync();
        var journal = await world.SubmitAsync();
        Stop(world, moment, what => new SecretStoreException("lab", what, null, isTransient: true, "No answer came."));

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(5));
        Heal(world);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        await ShouldBeWholeAsync(world, await world.LastAsync());
    }

    // Throws at the nth moment, once.
    private static Func<bool> Stop(RotationWorld world, int moment, Func<string, Exception> fault)
    {
        var count = 0;
        void At(string what)
        {
            if (count++ == moment)
            {
                throw fault(what);
            }
        }

        world.Staging.At = world.Plain.At = At;
        return () => count > moment;
    }

    private static void Heal(RotationWorld world) => world.Staging.At = world.Plain.At = null;

    private static async Task ShouldBeWholeAsync(RotationWorld world, KeyRotation end)
    {
        var story = string.Join('\n', await world.StoryAsync());
        var expected = end.Phase switch
        {
            RotationPhase.Overlap => RotationWorld.New,
            RotationPhase.Refused => RotationWorld.Old,
            _ => throw new ShouldAssertException($"It stands at {end.Phase}, {end.Needs}.\n{story}"),
        };
        foreach (var store in new LabStore[] { world.Staging, world.Plain })
        {
            store.Current("llm").ShouldBe(expected, story);
            store.SeenBy("llm").Count.ShouldBe(expected == RotationWorld.New ? 2 : 1, "each location has one new version");
        }

        (await world.FindingsAsync()).ShouldBeEmpty();
    }
}
