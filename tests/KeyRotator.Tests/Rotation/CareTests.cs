using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.State;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Rotation;

/// <summary>What a rotation does at its stores beside the value: the old version is pinned and destroyed, the secret is marked.</summary>
public sealed class CareTests
{
    private const string Mark = "keyrotator-installation";
    private const string Open = "keyrotator-rotation";

    /// <summary>As many moments as the way to the end has, and some.</summary>
    public static TheoryData<int> Moments => [.. Enumerable.Range(0, 48)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pin_SecretWrittenAgain_OldVersionIsKeptUntilTheEnd()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Staging.PinsOf("llm").ShouldHaveSingleItem();

        world.Staging.Prune("llm");
        world.Plain.Prune("llm");
        world.Vendor.Revoke(RotationWorld.Old);
        await EndAsync(world);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed, "it was asked for from the pinned version");
        world.Staging.PinsOf("llm").ShouldBeEmpty();
    }

    [Fact]
    public async Task Pin_Refused_IsToldAndHoldsUpNothing()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Staging.At = what => Refuse(what, "before pin aws", isTransient: false);

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        (await world.StoryAsync()).ShouldContain(told => told.Contains("could not be pinned"));
    }

    [Fact]
    public async Task Pin_LeftByARotationThatEnded_IsSweptByTheNext()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        var stale = world.Staging.PinsOf("llm").Single().Key;
        world.Staging.Lose("unpin aws");
        await world.ActAsync(RotationActs.Abandon);
        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.Zero);
        await world.ActAsync(RotationActs.Abandon);
        world.Heal();
        (await world.LastAsync()).Outcome!.ShouldContain("Its notes were left at aws:llm");

        await world.SawAsync(RotationWorld.New, 1);
        world.Vendor.Accept("key-third-77b7d2c44e0a8f63");
        await world.CarryOnAsync(await world.SubmitAsync("key-third-77b7d2c44e0a8f63"), "key-third-77b7d2c44e0a8f63");

        world.Staging.PinsOf("llm").Keys.ShouldHaveSingleItem().ShouldNotBe(stale);
    }

    [Fact]
    public async Task Purge_AfterTheProof_DestroysTheOldVersionsAndNothingElse()
    {
        await using var world = await RotationWorld.StartAsync(Purging);

        await ToTheEndAsync(world);

        await ShouldBePurgedAsync(world);
        var story = await world.StoryAsync();
        story.Count(told => told.StartsWith("Destroyed the old version", StringComparison.Ordinal)).ShouldBe(1);
        story.Count(told => told.EndsWith("up: its store deletes it.", StringComparison.Ordinal)).ShouldBe(1);
        await using var transaction = await world.State.BeginReadAsync(Token);
        var audited = (await AuditTable.PageAsync(transaction, 0, 1000, Token)).Select(row => $"{row.Act} {row.Reason}").ToList();
        audited.Count(row => row.StartsWith("rotation.write-begun Destroying the old version", StringComparison.Ordinal)).ShouldBe(2);
        audited.Count(row => row.StartsWith("rotation.step Destroyed the old version", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task Purge_GoneEverywhere_TheVersionIsDestroyed()
    {
        await using var world = await RotationWorld.StartAsync(
            key => Purging(key) with { Locations = [RotationWorld.At("vault", "llm")] });
        await world.SawAsync(RotationWorld.Old, 1);
        await world.SawAsync(RotationWorld.New, 2);

        await ToTheEndAsync(world);

        await using var transaction = await world.State.BeginReadAsync(Token);
        (await KeyVersionTable.OfAsync(transaction, world.Key.Id, Token)).Single(version => version.Sequence == 1).State
            .ShouldBe(KeyState.Destroyed);
    }

    [Fact]
    public async Task Purge_NotInThePolicy_LeavesThem()
    {
        await using var world = await RotationWorld.StartAsync();

        await ToTheEndAsync(world);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed);
        world.Plain.VersionsOf("llm").Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Purge_Killed_EndsPurged(int moment)
    {
        await using var world = await RotationWorld.StartAsync(Purging);
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);

        await world.DiesAsync(moment, () => EndAsync(world));
        await EndAsync(world);

        await ShouldBePurgedAsync(world);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Purge_AnswerLost_EndsPurged(int moment)
    {
        await using var world = await RotationWorld.StartAsync(Purging);
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);
        world.At(moment, what => throw new SecretStoreException("lab", what, null, isTransient: true, "No answer came."));

        await EndAsync(world);

        world.Heal();
        await ShouldBePurgedAsync(world);
    }

    [Fact]
    public async Task Purge_StoreDown_StallsAndTheProofStands()
    {
        await using var world = await RotationWorld.StartAsync(Purging);
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);
        world.Plain.Lose("purge vault");

        await EndAsync(world);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.OldKeyDead);
        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);
        world.Heal();
        await EndAsync(world);
        await ShouldBePurgedAsync(world);
    }

    [Fact]
    public async Task Purge_StoreThatRefuses_IsClosedByTheOperatorAsProven()
    {
        await using var world = await RotationWorld.StartAsync(Purging);
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);
        world.Plain.At = what => Refuse(what, "before purge vault", isTransient: false);
        await EndAsync(world);
        (await world.FindingsAsync()).ShouldBe(["Critical RotationStalled"]);

        await world.ActAsync(RotationActs.Close);
        await EndAsync(world);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed);
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"ours":"key-old-5f0c3a9b7d1e4c2a","theirs":"a"}""", """{"theirs":"b"}""", true, "its value moved on")]
    [InlineData("""{"ours":"key-old-5f0c3a9b7d1e4c2a","theirs":"a"}""", """{"theirs":"a"}""", true, "it stands there still")]
    [InlineData("""{"ours":"key-old-5f0c3a9b7d1e4c2a","gone":{"n":1}}""", """{"theirs":"a"}""", false, "the only copy")]
    public async Task Purge_OtherFields_AreNeverLost(string before, string added, bool isPurged, string why)
    {
        await using var world = await RotationWorld.StartAsync(
            key => Purging(key) with { Locations = [RotationWorld.At("vault", "shared", "ours")] });
        world.Plain.Put("shared", before);
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Plain.Put("shared", added.Replace("{", $$"""{"ours":"{{RotationWorld.New}}",""", StringComparison.Ordinal));
        world.Vendor.Revoke(RotationWorld.Old);

        await EndAsync(world);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed);
        world.Plain.VersionsOf("shared").Count.ShouldBe(isPurged ? 2 : 3, why);
        (await world.StoryAsync()).Any(told => told.Contains("was left: 1 other field")).ShouldBe(!isPurged, why);
    }

    [Fact]
    public async Task Purge_AnotherRotationNeedsTheVersion_IsLeft()
    {
        await using var world = await RotationWorld.StartAsync(Purging);
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        var needed = (await world.LastAsync()).Locations[1];
        await OpenAnotherAsync(world, needed);
        world.Vendor.Revoke(RotationWorld.Old);

        await EndAsync(world, 1);

        (await world.StoryAsync(1)).ShouldContain(told => told.Contains("was left: rotation 2 still needs it"));
        world.Plain.VersionsOf("llm").ShouldContain(needed.BaseVersion!);
        world.Staging.VersionsOf("llm").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Mark_Written_StaysWhileTheRotationsOwnGoes()
    {
        await using var world = await RotationWorld.StartAsync();
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        var uid = (await world.LastAsync()).Uid;
        foreach (var store in new LabStore[] { world.Staging, world.Plain })
        {
            store.TagsOf("llm").ShouldBe(
                new Dictionary<string, string> { [Mark] = world.State.InstallationId, [Open] = $"{uid} Live" }, ignoreOrder: true);
        }

        world.Vendor.Revoke(RotationWorld.Old);
        await EndAsync(world);

        world.Plain.TagsOf("llm").ShouldBe(new Dictionary<string, string> { [Mark] = world.State.InstallationId });
        world.Staging.TagsOf("llm").ShouldBe(new Dictionary<string, string> { [Mark] = world.State.InstallationId });
    }

    [Fact]
    public async Task Mark_Refused_IsAWarningInTheStory()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Plain.At = what => Refuse(what, "before tag vault", isTransient: false);

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);

        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        (await world.StoryAsync()).ShouldContain(
            told => told.StartsWith("Warning: vault:llm could not be marked", StringComparison.Ordinal));
        (await world.FindingsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Mark_StoreDown_IsTriedAgainWithoutHoldingUp()
    {
        await using var world = await RotationWorld.StartAsync();
        world.Plain.Lose("tag vault");

        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New, TimeSpan.FromHours(1));
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Overlap);
        (await world.FindingsAsync()).ShouldBeEmpty();
        world.Heal();
        await world.CarryOnAsync((await world.RestartAsync())!, patience: TimeSpan.FromHours(1));

        world.Plain.TagsOf("llm").ShouldContainKey(Mark);
    }

    [Fact]
    public async Task Submit_AnotherInstallationsMark_IsRefusedUntilItIsTakenOver()
    {
        await using var world = await RotationWorld.StartAsync();
        const string Theirs = "6f0d6a0e-0a4f-4b7c-9c1e-1f2a3b4c5d6e";
        world.Plain.TagsOf("llm")[Mark] = Theirs;

        var refusal = await Should.ThrowAsync<RotationRefusedException>(() => world.SubmitAsync());
        refusal.Message.ShouldContain(Theirs);
        refusal.Message.ShouldContain("--take-over");
        world.Plain.SeenBy("llm").ShouldBe([RotationWorld.Old]);

        var journal = await world.SubmitAsync(edit: request => request with { TakesOver = true });
        await world.CarryOnAsync(journal, RotationWorld.New);

        world.Plain.TagsOf("llm")[Mark].ShouldBe(world.State.InstallationId);
        await using var transaction = await world.State.BeginReadAsync(Token);
        (await AuditTable.PageAsync(transaction, 0, 10, Token))[0].Reason!
            .ShouldContain($"Takes over vault:llm from installation {Theirs}");
    }

    [Fact]
    public async Task Submit_TwoInstallationsOnOneStore_TheSecondIsRefused()
    {
        await using var first = await RotationWorld.StartAsync();
        await first.CarryOnAsync(await first.SubmitAsync(), RotationWorld.New);
        await using var second = await RotationWorld.StartAsync();
        second.Plain.TagsOf("llm")[Mark] = first.Plain.TagsOf("llm")[Mark];

        await Should.ThrowAsync<RotationRefusedException>(() => second.SubmitAsync());

        second.Plain.SeenBy("llm").Count.ShouldBe(1);
    }

    private static ManagedKey Purging(ManagedKey key) => key with { Policy = key.Policy with { Purge = true } };

    // As run does it: again whenever something is due, for a while.
    private static async Task EndAsync(RotationWorld world, long? id = null)
    {
        for (var round = 0; round < 40 && await world.RestartAsync(id) is { } journal; round++)
        {
            await world.CarryOnAsync(journal, patience: TimeSpan.Zero);
            await journal.ReleaseAsync(Token);
            world.Clock.Advance(journal.Rotation.NextAt - world.Clock.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero);
        }
    }

    private static async Task ToTheEndAsync(RotationWorld world)
    {
        await world.CarryOnAsync(await world.SubmitAsync(), RotationWorld.New);
        world.Vendor.Revoke(RotationWorld.Old);
        await EndAsync(world);
    }

    private static async Task ShouldBePurgedAsync(RotationWorld world)
    {
        var story = string.Join('\n', await world.StoryAsync());
        (await world.LastAsync()).Phase.ShouldBe(RotationPhase.Completed, story);
        foreach (var store in new LabStore[] { world.Staging, world.Plain })
        {
            store.VersionsOf("llm").Count.ShouldBe(1, story);
            store.Current("llm").ShouldBe(RotationWorld.New, story);
            store.PinsOf("llm").ShouldBeEmpty(story);
            store.TagsOf("llm").Keys.ShouldHaveSingleItem(story).ShouldBe(Mark);
        }

        (await world.FindingsAsync()).ShouldBeEmpty(story);
    }

    // Of another key whose field lay in the same version.
    private static async Task OpenAnotherAsync(RotationWorld world, RotationLocation needed)
    {
        var last = await world.LastAsync();
        await using var transaction = await world.State.BeginWriteAsync(Token);
        var other = last with
        {
            Uid = Guid.NewGuid(),
            KeyId = KeyId.Parse("other"),
            Needs = "It waits.",
            Locations = [needed with { Ordinal = 0, Care = RotationCare.None }],
        };
        (await RotationTable.OpenAsync(transaction, other, DateTimeOffset.UnixEpoch, Token)).ShouldNotBeNull();
        await transaction.CommitAsync(Token);
    }

    private static void Refuse(string what, string call, bool isTransient)
    {
        if (what == call)
        {
            throw new SecretStoreException("lab", call, null, isTransient, "The policy does not allow it.");
        }
    }
}
