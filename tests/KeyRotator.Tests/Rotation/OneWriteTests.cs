using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Locations of one rotation that are fields of one secret are written in one version: no reader ever sees half of it.</summary>
public sealed class OneWriteTests
{
    private const int Enough = 24;
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, int> Moments
    {
        get
        {
            var moments = new TheoryData<string, int>();
            foreach (var moment in Enumerable.Range(0, Enough))
            {
                moments.Add("aws", moment);
                moments.Add("vault", moment);
            }

            return moments;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_Killed_ReadersSeeBothFieldsChangeTogether(string store, int moment)
    {
        await using var world = await StartAsync(store);
        var journal = await world.SubmitAsync();

        await world.DiesAsync(moment, () => world.CarryOnAsync(journal, RotationWorld.New));

        var end = await world.SettleAsync();
        await ShouldBeWholeAsync(world, store, end.Phase is RotationPhase.Refused ? RotationWorld.Old : RotationWorld.New);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Rotation_AnswerLost_ReadersSeeBothFieldsChangeTogether(string store, int moment)
    {
        await using var world = await StartAsync(store);
        var journal = await world.SubmitAsync();
        world.At(moment, what => throw new SecretStoreException("lab", what, null, isTransient: true, "No answer came."));

        await world.CarryOnAsync(journal, RotationWorld.New, TimeSpan.FromMinutes(5));

        await ShouldBeWholeAsync(world, store, RotationWorld.New);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task RollBack_AnswerLost_PutsBothFieldsBackTogether(string store, int moment)
    {
        await using var world = await StartAsync(store);
        var submitted = await world.SubmitAsync();
        await world.CarryOnAsync(submitted, RotationWorld.New);
        await submitted.ReleaseAsync(Token);
        var journal = await world.RollBackAsync();
        world.At(moment, what => throw new SecretStoreException("lab", what, null, isTransient: true, "No answer came."));

        await world.CarryOnAsync(journal, patience: TimeSpan.FromMinutes(5));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.RolledBack);
        StoreOf(world, store).SeenBy("json").ShouldBe(
            [Json(RotationWorld.Old), Json(RotationWorld.New), Json(RotationWorld.Old)], string.Join('\n', await world.StoryAsync()));
    }

    [Theory]
    [InlineData("aws")]
    [InlineData("vault")]
    public async Task Rotation_TwoFields_IsBegunOnRecordForBothAtOnce(string store)
    {
        await using var world = await StartAsync(store);
        var journal = await world.SubmitAsync();

        await world.CarryOnAsync(journal, RotationWorld.New);

        var locations = journal.Rotation.Locations;
        locations.ShouldAllBe(location => location.Attempt == 1 && location.Step == LocationStep.Done);
        locations.Select(location => (location.Token, location.BaseVersion, location.NewVersion)).Distinct().ShouldHaveSingleItem();
        (await world.StoryAsync()).ShouldContain(what => what.Contains("json#A and ") && what.Contains("json#B"));
    }

    // One field was changed by somebody else: the other goes on without it.
    [Theory]
    [InlineData("aws")]
    [InlineData("vault")]
    public async Task Rotation_OneFieldIsForeign_WritesTheOtherAndAsks(string store)
    {
        await using var world = await StartAsync(store);
        var journal = await world.SubmitAsync();
        StoreOf(world, store).Put("json", Json(RotationWorld.Old, "somebody-elses-1f0a"));

        await world.CarryOnAsync(journal, RotationWorld.New);

        StoreOf(world, store).Current("json").ShouldBe(Json(RotationWorld.New, "somebody-elses-1f0a"));
        journal.Rotation.Needs.ShouldNotBeNull();
        (await world.FindingsAsync()).ShouldBe(["Critical ForeignChange"]);
    }

    // What never goes along: another secret of the same name elsewhere, and a whole secret.
    [Fact]
    public void Group_HasFieldsOfTheSameSecretOnly()
    {
        var first = Planned(0, RotationWorld.At("aws", "json", "A"));
        var rotation = new KeyRotation
        {
            Uid = Guid.NewGuid(),
            KeyId = KeyId.Parse("k"),
            Actor = "ops",
            SubmittedAt = s_now,
            NewFingerprint = Fingerprint.Parse(new string('a', 64)),
            Grace = TimeSpan.Zero,
            Locations =
            [
                first,
                Planned(1, RotationWorld.At("aws", "json", "B")),
                Planned(2, RotationWorld.At("vault", "json", "B")),
                Planned(3, RotationWorld.At("aws", "other", "B")),
                Planned(4, RotationWorld.At("aws", "json")),
                Planned(5, RotationWorld.At("aws", "json", "C")) with { Step = LocationStep.Done },
                Planned(6, RotationWorld.At("aws", "json", "D")) with { Foreign = new(null, null, null, null) },
                Planned(7, RotationWorld.At("aws", "json", "E")) with { RetryAt = s_now.AddSeconds(1) },
                Planned(8, RotationWorld.At("aws", "json", "F")) with { RetryAt = s_now },
            ],
        };

        var group = WriteGroup.Of(rotation, first, other => other.Step is LocationStep.Planned, s_now);

        group.Select(location => location.Ordinal).ShouldBe([0, 1, 8]);
        rotation.Locations.Where(location => WriteGroup.LeaderOf(location, rotation.Locations) is not null)
            .Select(location => location.Ordinal).ShouldBe([1, 5, 6, 7, 8], "they go along with the first");
    }

    private static RotationLocation Planned(int ordinal, SecretLocation location) => new() { Ordinal = ordinal, Location = location };

    private static async Task ShouldBeWholeAsync(RotationWorld world, string store, string value)
    {
        var story = string.Join('\n', await world.StoryAsync());
        string[] seen = value == RotationWorld.Old ? [Json(value)] : [Json(RotationWorld.Old), Json(value)];
        StoreOf(world, store).SeenBy("json").ShouldBe(seen, story);
        StoreOf(world, store).StagedAt("json").ShouldBeNull(story);
        (await world.FindingsAsync()).ShouldBeEmpty(story);
    }

    private static async Task<RotationWorld> StartAsync(string store)
    {
        var world = await RotationWorld.StartAsync(key => key with
        {
            Locations = [RotationWorld.At(store, "json", "A"), RotationWorld.At(store, "json", "B")],
        });
        StoreOf(world, store).Put("json", Json(RotationWorld.Old));
        return world;
    }

    private static LabStore StoreOf(RotationWorld world, string store) => store == "aws" ? world.Staging : world.Plain;

    private static string Json(string a, string? b = null) => $$"""{"A":"{{a}}",  "C" : [1, 2.50], "B" : "{{b ?? a}}"}""";
}
