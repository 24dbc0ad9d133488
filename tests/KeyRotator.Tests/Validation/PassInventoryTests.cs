using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Audit;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Passes after the file changed, and over what keys have in common.</summary>
public sealed class PassInventoryTests
{
    [Fact]
    public async Task Check_SuspendedKey_IsNotProbedAndClaimsNothing()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        await world.CheckAsync();
        var asked = world.Vendor.CountOf(PassWorld.ValueOf("k"));
        world.Edit("k", key => key with { Suspended = true });

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k", "Withdrawn KeyRejected k"]);
        world.Vendor.CountOf(PassWorld.ValueOf("k")).ShouldBe(asked);
    }

    [Fact]
    public async Task Check_ResumedKey_IsProvenAnew()
    {
        await using var world = (await PassWorld.StartAsync()).With("k", key => key with { Suspended = true });
        await world.CheckAsync();
        world.Vendor.CountOf(PassWorld.ValueOf("k")).ShouldBe(0);
        world.Edit("k", key => key with { Suspended = false });

        await world.CheckAsync();

        (await world.StatusAsync("k")).State.ShouldBe(KeyState.Active);
        (await world.StatusAsync("k")).Verdict.ShouldBe(Verdict.Accepted);
    }

    [Fact]
    public async Task Check_KeyLeftTheFile_ResolvesItsFindings()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        world.Local.Remove("k");
        await world.CheckAsync();
        world.Undeclare("k");

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Trigger SecretMissing k", "Resolved SecretMissing k"]);
    }

    [Fact]
    public async Task Sweep_KeyLeftTheFile_ResolvesItsFindings()
    {
        await using var world = (await PassWorld.StartAsync()).With("k").With("other");
        world.Local.Remove("k");
        await world.CheckAsync();
        world.Undeclare("k");

        await world.SweepAsync();

        world.Inbox.Take().ShouldBe(["Trigger SecretMissing k", "Resolved SecretMissing k"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sweep_NoKeyUsesStoreOrInstanceAnyMore_ResolvesTheirFindings(bool isSuspended)
    {
        await using var world = (await PassWorld.StartAsync()).With("k", key => key with { Provider = "openai" }).With("copied", InCopy);
        world.Vendor.Everybody = FakeVendor.Broken;
        world.Copy.IsDown = true;
        await world.CheckAsync();
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBe(["ProviderOutage openai", "StoreUnavailable copy"]);
        world.Edit("k", key => key with { Provider = isSuspended ? key.Provider : "gate", Suspended = isSuspended });
        world.Edit("copied", key => isSuspended ? key with { Suspended = true } : A.Key("copied", "gate", "local", "copied"));

        await world.SweepAsync();

        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_OtherProviderInTheFile_ForgetsWhatTheFirstSaid()
    {
        await using var world = (await PassWorld.StartAsync()).With("k");
        world.Vendor.Revoke(PassWorld.ValueOf("k"));
        await world.CheckAsync();
        world.Vendor.Accept(PassWorld.ValueOf("k"));
        world.Edit("k", key => key with { Provider = "mistral" });

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Trigger KeyRejected k", "Resolved KeyRejected k"]);
        (await world.StatusAsync("k")).Provider.ShouldBe("mistral");
    }

    [Fact]
    public async Task Check_Digest_SaysWhereTheAuditStands()
    {
        await using var world = (await PassWorld.StartAsync()).With("a", key => Expiring(key) with { Models = ["gone"] }).With("c");
        world.Vendor.Revoke(PassWorld.ValueOf("c"));
        var head = await ActAsync(world);

        await world.CheckAsync();

        var bodies = world.Inbox.Http.Requests.Select(request => JsonDocument.Parse(request.Text).RootElement.GetProperty("data"));
        var told = bodies.ToDictionary(data => data.GetProperty("kind").GetString()!);
        told["Digest"].GetProperty("audit").GetRawText().ShouldBe($$"""{"sequence":{{head.Sequence}},"hash":"{{head.Hash}}"}""");
        told["Trigger"].TryGetProperty("audit", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Check_FirstPass_TellsItsWarningsAsOneDigest()
    {
        await using var world = (await PassWorld.StartAsync()).With("a", key => Expiring(key) with { Models = ["gone"] }).With("c");
        world.Vendor.Revoke(PassWorld.ValueOf("c"));

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Digest KeyExpiring a@30", "Digest ModelMissing a", "Trigger KeyRejected c"], ignoreOrder: true);
        world.Inbox.Http.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Check_FirstPassOfMoreKeysThanACommitTakes_IsOneDigest()
    {
        await using var world = await PassWorld.StartAsync();
        Enumerable.Range(1, 600).ToList().ForEach(number => world.With($"k{number}", Expiring));

        await world.CheckAsync();

        await world.SweepAsync();
        var data = JsonDocument.Parse(world.Inbox.Http.Requests.Single().Text).RootElement.GetProperty("data");
        (data.GetProperty("findings").GetArrayLength() + data.GetProperty("omitted").GetInt32()).ShouldBe(600);
    }

    [Fact]
    public async Task Check_FirstPassEndsEarly_TheDispatcherGathersWhatItLeft()
    {
        await using var world = (await PassWorld.StartAsync()).With("a", Expiring).With("b", Expiring).With("c");
        world.Vendor.Revoke(PassWorld.ValueOf("c"));
        using var kill = new CancellationTokenSource();
        var pass = world.BeginCheck(kill.Token);
        await Eventually.TrueAsync(async () => (await world.OpenAsync()).Count == 2, TestContext.Current.CancellationToken);
        await kill.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(pass);

        await world.DispatchAsync();
        world.Inbox.Take().ShouldBeEmpty("the pass may still be under way");
        world.Clock.Advance(AlertGrouping.LongestGathering);
        await world.DispatchAsync();

        world.Inbox.Take().ShouldBe(["Digest KeyExpiring a@30", "Digest KeyExpiring b@30"], ignoreOrder: true);
        world.Inbox.Http.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Check_NewKeyLater_HasItsOwnFirstPass()
    {
        await using var world = (await PassWorld.StartAsync()).With("a");
        await world.CheckAsync();
        world.With("b", key => Expiring(key) with { Models = ["gone"] });

        await world.CheckAsync();

        world.Inbox.Take().ShouldBe(["Digest KeyExpiring b@30", "Digest ModelMissing b"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("prod", "prod", false)]
    [InlineData("prod", "dev", true)]
    public async Task Check_SharedValue_IsFoundOnBothKeysInOnePass(string one, string other, bool isTold)
    {
        await using var world = (await PassWorld.StartAsync()).With("a", key => key with { Environment = one })
            .With("b", key => key with { Environment = other });
        world.Local.Put("b", PassWorld.ValueOf("a"));

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["KeyShared a", "KeyShared b"]);
        world.Inbox.Take().Select(line => line[(line.IndexOf(' ') + 1)..])
            .ShouldBe(isTold ? ["KeyShared a", "KeyShared b"] : [], ignoreOrder: true);
        world.Local.Put("b", PassWorld.ValueOf("b"));
        await world.CheckAsync();
        // Recorded by itself before b is, a still sees b's old value: the next pass puts that right.
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBe(["ForeignChange b"]);
    }

    [Fact]
    public async Task Check_DeclaredModels_AreComparedWithTheList()
    {
        await using var world = (await PassWorld.StartAsync())
            .With("k", key => key with { Provider = "mistral", Models = ["small-latest", "old", "gone"] });
        world.Vendor.Script(PassWorld.ValueOf("k"), Models, FakeVendor.Models);

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(["ExpiryUnknown k", "ModelDeprecated k", "ModelFloating k", "ModelMissing k"]);
        world.Inbox.Take().ShouldBe(["Digest ModelMissing k", "Digest ModelDeprecated k"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(null, 1, true, "drifts at once")]
    [InlineData(30, 29, false, "another system has half an hour")]
    [InlineData(30, 30, true, "and no longer")]
    public async Task Check_SecondLocationDiffers_DriftsAfterItsTime(int? follows, int minutes, bool isDrifting, string why)
    {
        var second = new SecretLocation { Store = "copy", Name = "k", Follows = follows is { } span ? TimeSpan.FromMinutes(span) : null };
        await using var world = (await PassWorld.StartAsync()).With("k", key => key with { Locations = [key.Primary, second] });
        world.Copy.Put("k", "an-older-value-5f0c3a9b");
        await world.CheckAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(minutes) - PassWorld.Minute);

        await world.CheckAsync();

        (await world.OpenAsync()).ShouldBe(isDrifting ? ["LocationDrift k"] : [], why);
        world.Copy.Put("k", PassWorld.ValueOf("k"));
        await world.CheckAsync();
        (await world.OpenAsync()).ShouldBeEmpty(why);
    }

    private static ManagedKey InCopy(ManagedKey key) =>
        key with { Locations = [new SecretLocation { Store = "copy", Name = key.Id.Value }] };

    private static ManagedKey Expiring(ManagedKey key) => key with { Expires = new ExpiryStatement(new DateOnly(2026, 12, 10), null) };

    private static HttpResponseMessage Models() => ScriptedHttp.Message(
        200, """{"object":"list","data":[{"id":"small-1","aliases":["small-latest"]},{"id":"old","aliases":[],"deprecation":"2027-01-01T00:00:00Z"}]}""");

    private static async Task<AuditHead> ActAsync(PassWorld world)
    {
        var entry = new AuditEntry
        {
            At = world.Clock.GetUtcNow(),
            Actor = new("ops@host", "rotate"),
            Act = AuditActs.RotationStep,
            TargetKind = AuditActs.Key,
            Target = "a",
        };
        var cancelled = TestContext.Current.CancellationToken;
        await using var transaction = await world.State.BeginWriteAsync(cancelled);
        var head = await AuditTable.AddAsync(transaction, entry, cancelled);
        await transaction.CommitAsync(cancelled);
        return head;
    }
}
