using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>Who still reads the old version, where the store tells the day; and the reminder to revoke.</summary>
public sealed class OldReadersTests
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grace_Over_RemindsOnceToRevoke()
    {
        await using var world = await StartedAsync();
        (await world.FindingsAsync()).ShouldBeEmpty("consumers have their time");

        await GoOnAsync(world, 1);

        (await world.FindingsAsync()).ShouldBe(["Warning RevocationDue"]);
        await world.ActAsync(RotationActs.Revoked);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Grace_Over_KeyIsRefusedAlready_RemindsNobody()
    {
        await using var world = await StartedAsync();
        world.Vendor.Revoke(RotationWorld.Old);

        await world.CarryOnAsync((await world.RestartAsync())!, patience: s_day + TimeSpan.FromMinutes(1));

        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task SomebodyElseReads_HoldsTheReminderBackUntilNobodyDoes()
    {
        await using var world = await StartedAsync();
        await GoOnAsync(world, 1);
        world.Readers.LastRead = Today(world).AddDays(1);

        await GoOnAsync(world, 2);
        (await world.FindingsAsync()).ShouldBe(["Warning OldKeyInUse"]);
        (await world.StoryAsync()).ShouldContain(told => told.Contains("a consumer has not switched"));

        await GoOnAsync(world, 2);
        (await world.FindingsAsync()).ShouldBe(["Warning RevocationDue"], "the last reader was we");
    }

    [Fact]
    public async Task DayOfTheChange_TellsNothing()
    {
        await using var world = await StartedAsync();
        world.Readers.LastRead = Today(world);

        await GoOnAsync(world, 1);

        (await world.FindingsAsync()).ShouldBe(["Warning RevocationDue"]);
    }

    [Fact]
    public async Task OwnReads_AreAtMostEverySecondDay_EvenWhereAnOperatorResumes()
    {
        await using var world = await StartedAsync();
        var days = new List<DateOnly>();
        world.Readers.Read = () => days.Add(Today(world));

        for (var hour = 0; hour < 24 * 8; hour += 6)
        {
            await world.ActAsync(RotationActs.Resume);
            await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.Zero);
            world.Clock.Advance(TimeSpan.FromHours(6));
        }

        days.Count.ShouldBeGreaterThan(2);
        days.Zip(days.Skip(1)).ShouldAllBe(pair => pair.Second.DayNumber - pair.First.DayNumber >= 2);
    }

    [Fact]
    public async Task Revoked_IsReadAsOftenAsTheProofNeeds()
    {
        await using var world = await StartedAsync();
        await GoOnAsync(world, 1);
        await world.ActAsync(RotationActs.Revoked);
        world.Vendor.Revoke(RotationWorld.Old);

        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.FromHours(1));

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.OldKeyDead);
    }

    [Fact]
    public async Task DayOfOurRead_IsOnRecordBeforeIt()
    {
        await using var world = await StartedAsync();
        world.Readers.Read = () => throw new KilledException();
        await Should.ThrowAsync<KilledException>(() => GoOnAsync(world, 1));
        world.Readers.Read = null;
        world.Readers.LastRead = Today(world);

        await GoOnAsync(world, 2);

        (await world.FindingsAsync()).ShouldBe(["Warning RevocationDue"], "it was we who read it");
    }

    [Fact]
    public async Task StoreThatDoesNotTell_IsSaidOnceAndHoldsUpNothing()
    {
        await using var world = await StartedAsync();
        world.Readers.Fails = new SecretStoreException("aws", "describe", null, isTransient: false, "The policy does not allow it.");

        await GoOnAsync(world, 1);
        await GoOnAsync(world, 2);

        (await world.FindingsAsync()).ShouldBe(["Warning RevocationDue"]);
        (await world.StoryAsync()).Count(told => told.Contains("cannot be told")).ShouldBe(1);
    }

    [Fact]
    public async Task AnotherStoreHasTheOldVersionToo_IsAskedInstead()
    {
        await using var world = await RotationWorld.StartAsync(tells: true);
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        var reads = 0;
        world.Readers.Read = () => reads++;

        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.FromDays(2));

        reads.ShouldBe(0);
        (await world.FindingsAsync()).ShouldBe(["Warning RevocationDue"]);
    }

    private static async Task<RotationWorld> StartedAsync()
    {
        var world = await RotationWorld.StartAsync(
            tells: true, key => key with { Locations = [RotationWorld.At("aws", "llm")] });
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        return world;
    }

    private static async Task GoOnAsync(RotationWorld world, int days) => await world.CarryOnAsync(
        (await world.RestartAsync())!, patience: days * s_day + TimeSpan.FromMinutes(1));

    private static DateOnly Today(RotationWorld world) => DateOnly.FromDateTime(world.Clock.GetUtcNow().UtcDateTime);
}
