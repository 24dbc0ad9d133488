using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Secret Manager's own when it is written: leases, lost answers, versions of others, tags, purging, aliases.</summary>
public sealed class GcpWriteTests : IAsyncDisposable
{
    private readonly GcpFake _fake = Gcp.Fake(new Dictionary<string, string> { ["alpha"] = "one" }, isAliased: true);
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha { get; } = new() { Store = "mine", Name = "alpha" };

    private static SecretVersion One { get; } = new("1");

    private GcpFakeSecret Secret => _fake.Secrets["alpha"];

    private IEnumerable<string> Texts => Secret.Versions.Select(version => version.Text);

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public async Task Write_Any_LeavesNoLeaseAndNoValueInAnnotations()
    {
        var canary = new Canary();
        var store = await StartAsync();

        await store.WriteAsync(Write(canary.Text), Token);

        Secret.Annotations.Keys.ShouldBe(["keyrotator.tokens"]);
        canary.ShouldBeAbsentFrom(string.Concat(Secret.Annotations.Values));
        canary.ShouldBeAbsentFrom(string.Concat(_fake.Requests.Select(request => request.Path + request.Query)));
        Secret.Versions[1].HasChecksum.ShouldBeTrue();
    }

    [Fact]
    public async Task Write_ForeignVersionInTheSameMoment_IsPutBackAndConflicts()
    {
        var store = await StartAsync();
        _fake.Before = request =>
        {
            if (request.Path.EndsWith(":addVersion", StringComparison.Ordinal))
            {
                _fake.Before = null;
                _fake.AddForeign("alpha", "theirs");
            }
        };

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(Write("ours"), Token));

        Texts.ShouldBe(["one", "theirs", "ours", "theirs"]);
        Secret.Annotations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_ChecksumNotSeenByTheServer_Fails()
    {
        var store = await StartAsync();
        _fake.IgnoresChecksum = true;

        (await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write("two"), Token))).IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task Write_WhileAnotherHoldsTheLease_WaitsForItsEnd()
    {
        var store = await StartAsync();
        var until = (_clock.GetUtcNow() + TimeSpan.FromMinutes(1)).ToUnixTimeSeconds();
        Secret.Annotations["keyrotator.lease"] = $"{Guid.NewGuid():N} other {until} 1";

        (await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write("two"), Token))).IsTransient.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(2));

        (await store.WriteAsync(Write("two"), Token)).ShouldBe(new SecretVersion("2"));
    }

    [Fact]
    public async Task Write_CrashedAfterAdding_IsAdoptedByTheNextProcess()
    {
        var crashed = await StartAsync();
        var write = Write("two");
        _fake.Before = request =>
            _ = request.Path.EndsWith(":addVersion", StringComparison.Ordinal) && _fake.Denied.Add("secretmanager.secrets.update");
        await Should.ThrowAsync<SecretStoreException>(() => crashed.WriteAsync(write, Token));
        _fake.Before = null;
        _fake.Denied.Clear();
        _clock.Advance(TimeSpan.FromMinutes(5));

        (await Gcp.Connect(_fake, _clock).WriteAsync(write, Token)).ShouldBe(new SecretVersion("2"));

        Texts.ShouldBe(["one", "two"]);
        Secret.Annotations.Keys.ShouldBe(["keyrotator.tokens"]);
    }

    [Theory]
    [InlineData("no lease at all")]
    [InlineData("x y z 1")]
    [InlineData("00000000000000000000000000000001 o 99999999999999999 1")]
    public async Task Write_IllegibleLease_CountsAsNone(string lease)
    {
        var store = await StartAsync();
        Secret.Annotations["keyrotator.lease"] = lease;
        Secret.Annotations["keyrotator.tokens"] = "rubbish also:rubbish";

        (await store.WriteAsync(Write("two"), Token)).ShouldBe(new SecretVersion("2"));
    }

    [Fact]
    public async Task Write_ManyTimes_RemembersABoundedNumberOfTokens()
    {
        var store = await StartAsync();
        for (var i = 1; i <= GcpMarks.MostTokens + 5; i++)
        {
            await store.WriteAsync(Write($"value {i}", new(GcpApi.Text(i))), Token);
        }

        Secret.Annotations["keyrotator.tokens"].Split(' ').Length.ShouldBe(GcpMarks.MostTokens);
    }

    [Fact]
    public async Task Write_TokenWhoseVersionWasDestroyed_IsNotWrittenAgain()
    {
        var store = await StartAsync();
        var write = Write("two");
        await store.WriteAsync(write, Token);
        _fake.AddForeign("alpha", "three");
        await store.PurgeAsync(Alpha, new("2"), Token);

        (await store.WriteAsync(write, Token)).ShouldBe(new SecretVersion("2"));

        Secret.Versions.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Tag_Any_ChangesOnlyWhatIsGiven()
    {
        var store = await StartAsync();
        (Secret.Labels["env"], Secret.Annotations["theirs"], Secret.Annotations["gone"]) = ("prod", "kept", "x");

        await store.TagAsync(Alpha, new Dictionary<string, string?> { ["rotated"] = "2026-11-21", ["gone"] = null }, Token);

        Secret.Annotations.ShouldBe(new Dictionary<string, string> { ["theirs"] = "kept", ["rotated"] = "2026-11-21" }, ignoreOrder: true);
        Secret.Aliases.ShouldBe(new Dictionary<string, string> { ["current"] = "1" });
        (await store.DescribeAsync(Alpha, Token))!.Tags.Keys.ShouldBe(["env", "theirs", "rotated"], ignoreOrder: true);
        await Should.ThrowAsync<SecretStoreException>(
            () => store.TagAsync(Alpha, new Dictionary<string, string?> { ["keyrotator.lease"] = "x" }, Token));
    }

    [Fact]
    public async Task Purge_AnyVersion_NeverTheOneThatLatestMeans()
    {
        var store = await StartAsync();
        _fake.AddForeign("alpha", "two");

        await Should.ThrowAsync<SecretConflictException>(() => store.PurgeAsync(Alpha, new("2"), Token));
        await store.PurgeAsync(Alpha, One, Token);
        await store.PurgeAsync(Alpha, One, Token);
        await store.PurgeAsync(Alpha, new("77"), Token);

        Secret.Versions.Select(version => version.State).ShouldBe(["DESTROYED", "ENABLED"]);
    }

    [Fact]
    public async Task Purge_OfAnAlias_RefusesItsVersionAndTheHighest()
    {
        var store = await StartStagingAsync();
        _fake.AddForeign("alpha", "two");
        _fake.AddForeign("alpha", "three");

        await Should.ThrowAsync<SecretConflictException>(() => store.PurgeAsync(Alpha, One, Token));
        await Should.ThrowAsync<SecretConflictException>(() => store.PurgeAsync(Alpha, new("3"), Token));
        await store.PurgeAsync(Alpha, new("2"), Token);

        Secret.Versions[1].State.ShouldBe("DESTROYED");
    }

    [Fact]
    public async Task Stage_Value_IsUnseenUntilItIsPromoted()
    {
        var store = await StartStagingAsync();
        var write = Write("two");

        var staged = await store.StageAsync(write, Token);
        (await store.StageAsync(write, Token)).ShouldBe(staged);

        (await ReadAsync(store)).ShouldBe("one");
        (await store.ReadAsync(Alpha, staged, Token))?.Value.Reveal().ShouldBe("two");
        (await store.DescribeAsync(Alpha, Token))!.Staged.ShouldBe(staged);
        await store.PromoteAsync(Alpha, staged, One, Token);
        await store.PromoteAsync(Alpha, staged, One, Token);
        (await ReadAsync(store)).ShouldBe("two");
        (await store.DescribeAsync(Alpha, Token))!.Staged.ShouldBeNull();
        Secret.Versions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Stage_WhileAnotherIsStaged_Conflicts()
    {
        var store = await StartStagingAsync();
        await store.StageAsync(Write("two"), Token);

        await Should.ThrowAsync<SecretConflictException>(() => store.StageAsync(Write("three"), Token));

        Secret.Versions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Promote_AliasMovedByOthers_Conflicts()
    {
        var store = await StartStagingAsync();
        var staged = await store.StageAsync(Write("two"), Token);
        _fake.AddForeign("alpha", "theirs");
        Gcp.Point(Secret, 3);

        await Should.ThrowAsync<SecretConflictException>(() => store.PromoteAsync(Alpha, staged, One, Token));

        (await ReadAsync(store)).ShouldBe("theirs");
    }

    [Fact]
    public async Task Promote_AliasMovedInTheSameMoment_Conflicts()
    {
        var store = await StartStagingAsync();
        var staged = await store.StageAsync(Write("two"), Token);
        _fake.AddForeign("alpha", "theirs");
        _fake.Before = request =>
        {
            if (request.Method == "PATCH")
            {
                _fake.Before = null;
                Gcp.Point(Secret, 3);
            }
        };

        await Should.ThrowAsync<SecretConflictException>(() => store.PromoteAsync(Alpha, staged, One, Token));

        (await ReadAsync(store)).ShouldBe("theirs");
    }

    [Fact]
    public async Task Promote_BackToTheFirst_IsARollback()
    {
        var store = await StartStagingAsync();
        var staged = await store.StageAsync(Write("two"), Token);
        await store.PromoteAsync(Alpha, staged, One, Token);

        await store.PromoteAsync(Alpha, One, staged, Token);

        (await ReadAsync(store)).ShouldBe("one");
        Secret.Versions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Promote_VersionThatIsOff_Fails()
    {
        var store = await StartStagingAsync();
        var staged = await store.StageAsync(Write("two"), Token);
        Secret.Versions[1].State = "DISABLED";

        await Should.ThrowAsync<SecretStoreException>(() => store.PromoteAsync(Alpha, staged, One, Token));

        Secret.Aliases["current"].ShouldBe("1");
    }

    [Fact]
    public async Task Unstage_Staged_MakesRoomAndDestroysUnlessLatest()
    {
        var store = await StartStagingAsync();
        var staged = await store.StageAsync(Write("two"), Token);
        await store.UnstageAsync(Alpha, staged, Token);
        await store.UnstageAsync(Alpha, staged, Token);
        var next = await store.StageAsync(Write("three"), Token);
        _fake.AddForeign("alpha", "theirs");

        await store.UnstageAsync(Alpha, next, Token);
        await store.UnstageAsync(Alpha, One, Token);

        Secret.Versions.Select(version => version.State).ShouldBe(["ENABLED", "ENABLED", "DESTROYED", "ENABLED"]);
        (await ReadAsync(store)).ShouldBe("one");
    }

    private static SecretWrite Write(string value, SecretVersion? expected = null) =>
        new(Alpha, new(value), expected ?? One, Guid.NewGuid());

    private static async Task<string?> ReadAsync(GcpAliasStore store) => (await store.ReadAsync(Alpha, null, Token))?.Value.Reveal();

    private async Task<GcpSecretManagerStore> StartAsync()
    {
        await _fake.StartAsync(Token);
        return Gcp.Connect(_fake, _clock);
    }

    private async Task<GcpAliasStore> StartStagingAsync()
    {
        await _fake.StartAsync(Token);
        return (GcpAliasStore)Gcp.Connect(_fake, _clock, Gcp.WithAlias);
    }
}
