using System.Text.Json.Nodes;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Key Vault's own when it is written: no condition, marks in tags, times to the second, states.</summary>
public sealed class AzureWriteTests : IAsyncDisposable
{
    private readonly AzureKeyVaultFake _fake = AzureVaults.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha => new() { Store = "mine", Name = "alpha" };

    private List<AzureFakeVersion> Versions => _fake.Secrets["alpha"].Versions;

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public async Task Write_Version_IsMarkedInTheSameCallAndKeepsTagsAndType()
    {
        var store = await StartAsync();
        _fake.Secrets["alpha"].Versions.Clear();
        Versions.Add(new(new string('a', 32), 1, "one")
        {
            ContentType = "text/plain",
            Attributes = new() { ["exp"] = 4102444800, ["nbf"] = 5 },
            Tags = new() { ["env"] = "prod" },
        });
        var write = Write("two");

        await store.WriteAsync(write, Token);

        _fake.Requests.Count(request => request.Method is "PUT" && request.Body.Length > 0).ShouldBe(1);
        var made = Versions[^1];
        (made.Text, made.ContentType, (string?)made.Tags["env"]).ShouldBe(("two", "text/plain", "prod"));
        ((string?)made.Tags["keyrotator"]).ShouldBe($"write {write.Token:N} {new string('a', 32)} 1");
        made.Attributes.ContainsKey("exp").ShouldBeFalse("the date is about the old value");
        _fake.Requests.ShouldAllBe(request => request.Method != "PATCH");
    }

    [Fact]
    public async Task Write_FirstVersion_SendsNoValueBeforeTheChallenge()
    {
        var canary = new Canary();
        var store = await StartAsync();

        await store.WriteAsync(new(Alpha with { Name = "beta" }, canary.Value, null, Guid.NewGuid()), Token);

        _fake.Requests.Where(request => !request.Headers.ContainsKey("Authorization")).ShouldAllBe(request => request.Body.Length == 0);
        _fake.Requests.ToList().ForEach(request => canary.ShouldBeAbsentFrom(request.Path + request.Query));
    }

    [Theory]
    [InlineData(false, "a clock that goes on")]
    [InlineData(true, "all within one second")]
    public async Task Write_ForeignVersionJustBefore_IsPutBackOnTop(bool isClockStill, string reason)
    {
        var store = await StartAsync();
        _fake.IsClockStill = isClockStill;
        var write = Write("ours");
        BeforePut(() => _fake.AddForeign("alpha", "theirs").Tags = new() { ["by"] = "them" });

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token), reason);

        Versions.Select(version => version.Text).ShouldBe(["one", "theirs", "ours", "theirs"], reason);
        ((string?)Versions[^1].Tags["by"], (string?)Versions[^1].Tags["keyrotator"]).ShouldBe(("them", $"restored-over {Versions[2].Id}"));
    }

    [Fact]
    public async Task Write_RepeatedAfterGivingWay_IsAConflictStill()
    {
        var store = await StartAsync();
        var write = Write("ours");
        BeforePut(() => _fake.AddForeign("alpha", "theirs"));
        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token));

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token));

        Versions.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Write_EndedBeforeGivingWay_GivesWayWhenItIsRepeated()
    {
        var store = await StartAsync();
        var write = Write("ours");
        var isAdded = false;
        _fake.Before = request =>
        {
            _fake.Refusal = isAdded ? new(403, "Forbidden", "no", "ForbiddenByFirewall") : null;
            if (request is { Method: "PUT", Body.Length: > 0 })
            {
                isAdded = _fake.AddForeign("alpha", "theirs") is not null;
            }
        };
        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(write, Token));
        (_fake.Before, _fake.Refusal) = (null, null);
        Versions.Select(version => version.Text).ShouldBe(["one", "theirs", "ours"]);

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token));

        Versions.Select(version => version.Text).ShouldBe(["one", "theirs", "ours", "theirs"]);
    }

    [Fact]
    public async Task Write_ForeignDisabledVersionJustBefore_IsAConflictThatSaysSo()
    {
        var store = await StartAsync();
        BeforePut(() => _fake.AddForeign("alpha", "theirs", isEnabled: false));

        var failure = await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(Write("ours"), Token));

        failure.Advice.ShouldContain("cannot be put back");
        Versions.Count.ShouldBe(3);
    }

    // A listing that lags behind shows more versions afterwards; old ones are nobody's write in between.
    [Fact]
    public async Task Write_OldVersionsSeenOnlyAfterwards_AreNotPutBack()
    {
        var store = await StartAsync();
        _fake.AddForeign("alpha", "newer");
        var old = Versions[0];
        Versions.RemoveAt(0);
        BeforePut(() => Versions.Insert(0, old));

        await store.WriteAsync(Write("ours", Versions[^1].Id), Token);

        Versions.Select(version => version.Text).ShouldBe(["one", "newer", "ours"]);
    }

    // Both read the same version; the second one's value comes right behind the first one's.
    [Fact]
    public async Task Write_TwoOfOneExpectedVersion_KeepTheFirstAndTellTheSecond()
    {
        var (first, second) = (await StartAsync(), AzureVaults.Connect(_fake, _clock));
        var (a, b) = (Write("a"), Write("b"));
        var mark = new AzureMark(a.Token, Versions[0].Id, 1).In([])["keyrotator"];
        BeforePut(() => _fake.AddForeign("alpha", "a").Tags = new() { ["keyrotator"] = mark });

        await Should.ThrowAsync<SecretConflictException>(() => second.WriteAsync(b, Token));

        (await first.WriteAsync(a, Token)).ShouldBe(new SecretVersion(Versions[1].Id));
        Versions.Select(version => version.Text).ShouldBe(["one", "a", "b", "a"]);
    }

    [Fact]
    public async Task Write_LateFirstAnswer_EndsInTheNewerOfTwoEqualVersions()
    {
        var store = await StartAsync();
        var write = Write("two");
        await store.WriteAsync(write, Token);
        var late = _fake.AddForeign("alpha", "two");
        late.Tags = (JsonObject)Versions[1].Tags.DeepClone();

        (await store.WriteAsync(write, Token)).ShouldBe(new SecretVersion(late.Id));

        Versions.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("deleted", "az keyvault secret recover")]
    [InlineData("disabled", "the version is disabled")]
    [InlineData("certificate", "certificate")]
    [InlineData("tags", "15 tags")]
    public async Task Write_StateThatForbidsIt_IsRefusedByName(string state, string advice)
    {
        var store = await StartAsync();
        _fake.Secrets["alpha"].IsDeleted = state == "deleted";
        _fake.Secrets["alpha"].IsManaged = state == "certificate";
        Versions[0].IsEnabled = state != "disabled";
        Enumerable.Range(0, state == "tags" ? 15 : 0).ToList().ForEach(i => Versions[0].Tags[$"t{i}"] = "x");
        var write = Write("two") with { ExpectedVersion = state == "deleted" ? null : new SecretVersion(Versions[0].Id) };

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(write, Token));

        (failure.IsTransient, failure.Advice.Contains(advice, StringComparison.Ordinal)).ShouldBe((false, true), failure.Advice);
        Versions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Write_PolicyWithoutSet_NamesThePolicysPermission()
    {
        var store = await StartAsync();
        _fake.HasPolicies = true;
        _fake.Denied.Add("secrets/setSecret/action");

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write("two"), Token));

        failure.MissingPermission.ShouldBe("secret permission `set` in the access policy of 127.0.0.1");
    }

    [Fact]
    public async Task Write_ChangedOnTheWay_IsNoticed()
    {
        var store = await StartAsync();
        _fake.Before = _ =>
        {
            if (Versions.Count == 2 && Versions[1].Text == "ours")
            {
                Versions[1] = new(Versions[1].Id, Versions[1].Created, "spoiled") { Tags = (JsonObject)Versions[1].Tags.DeepClone() };
            }
        };

        (await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write("ours"), Token))).Advice
            .ShouldContain("does not hold what was written");
    }

    [Fact]
    public async Task Tag_Tags_AreMergedAndTheMarkStays()
    {
        var store = await StartAsync();
        var write = Write("two");
        var version = await store.WriteAsync(write, Token);
        Versions[^1].Attributes["exp"] = 4102444800;

        await store.TagAsync(Alpha, new Dictionary<string, string?> { ["a"] = "1", ["b"] = "2" }, Token);
        await store.TagAsync(Alpha, new Dictionary<string, string?> { ["a"] = null, ["c"] = "3" }, Token);

        (await store.DescribeAsync(Alpha, Token))
            .ShouldNotBeNull().Tags.ShouldBe(new Dictionary<string, string> { ["b"] = "2", ["c"] = "3" }, ignoreOrder: true);
        (await store.WriteAsync(write, Token)).ShouldBe(version);
        (Versions.Count, Versions[^1].Attributes["exp"]?.ToString()).ShouldBe((2, "4102444800"));
    }

    [Fact]
    public async Task Tag_TheLastOneRemoved_IsGone()
    {
        var store = await StartAsync();
        Versions[0].Tags["a"] = "1";

        await store.TagAsync(Alpha, new Dictionary<string, string?> { ["a"] = null }, Token);

        Versions[0].Tags.ContainsKey("a").ShouldBeFalse();
        (await store.DescribeAsync(Alpha, Token)).ShouldNotBeNull().Tags.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("keyrotator", 1)]
    [InlineData("KeyRotator", 1)]
    [InlineData("a", 15)]
    public async Task Tag_WhatCannotBe_IsRefusedBeforeItIsSent(string key, int count)
    {
        var store = await StartAsync();
        var tags = Enumerable.Range(0, count).ToDictionary(i => i == 0 ? key : $"t{i}", _ => (string?)"x");

        await Should.ThrowAsync<SecretStoreException>(() => store.TagAsync(Alpha, tags, Token));

        _fake.Requests.ShouldAllBe(request => request.Method == "GET");
    }

    [Fact]
    public async Task Tag_AbsentSecret_Fails()
    {
        var store = await StartAsync();

        await Should.ThrowAsync<SecretStoreException>(
            () => store.TagAsync(Alpha with { Name = "beta" }, new Dictionary<string, string?> { ["a"] = "1" }, Token));
    }

    private SecretWrite Write(string value, string? expected = null) =>
        new(Alpha, new(value), new SecretVersion(expected ?? Versions[0].Id), Guid.NewGuid());

    // Once, and only where the value comes with it.
    private void BeforePut(Action act)
    {
        _fake.Before = request =>
        {
            if (request is { Method: "PUT", Body.Length: > 0 })
            {
                _fake.Before = null;
                act();
            }
        };
    }

    private async Task<AzureKeyVaultStore> StartAsync()
    {
        await _fake.StartAsync(Token);
        return AzureVaults.Connect(_fake, _clock);
    }
}
