using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Passes side by side and passes that are killed, over one file.</summary>
public sealed class PassDurabilityTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Every probe of such a pass: the control, six keys, two confirmations.</summary>
    public static TheoryData<int> Points => [.. Enumerable.Range(1, 9)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_TwoProcessesAtOnce_TellOnce()
    {
        await using var one = await RevokedAsync(new ManualClock());
        await using var other = await RevokedAsync(one.Clock);
        var token = TestContext.Current.CancellationToken;

        await Drive.UntilDone(Task.WhenAll(one.BeginCheck(token), other.BeginCheck(token)), one.Clock);
        await one.CheckAsync();

        string[] told = [.. one.Inbox.Take(), .. other.Inbox.Take()];
        told.ShouldBe(["Trigger KeyRejected k1", "Trigger KeyRejected k2"], ignoreOrder: true);
        (await one.OpenAsync()).ShouldBe(["KeyRejected k1", "KeyRejected k2"]);
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Check_KilledAtAnyProbe_LeavesWholeKeysAndTheNextPassEndsIt(int point)
    {
        var clock = new ManualClock();
        await KillAsync(clock, point);
        await using var next = await RevokedAsync(clock);
        var (before, others) = (await CheckedAsync(next, "k1"), await CheckedAsync(next, "k5"));

        await next.CheckAsync();

        next.Inbox.Take().ShouldBe(["Trigger KeyRejected k1", "Trigger KeyRejected k2"], ignoreOrder: true);
        others?.Version.ShouldBe(1);
        var answersMissing = Math.Max(1, 2 - (before?.Rejections ?? 0));
        next.Vendor.CountOf(PassWorld.ValueOf("k1")).ShouldBe(answersMissing);
    }

    [Fact]
    public async Task Check_KilledAfterTheFirstRejection_NeedsOneMoreAnswer()
    {
        var clock = new ManualClock();
        await using (var first = await RevokedAsync(clock))
        {
            using var kill = new CancellationTokenSource();
            var pass = first.BeginCheck(kill.Token);
            await Eventually.TrueAsync(async () => (await CheckedAsync(first, "k1"))?.Rejections == 1, TestContext.Current.CancellationToken);
            await kill.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(pass);
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        await using var next = await RevokedAsync(clock);
        await next.CheckAsync();

        next.Inbox.Take().ShouldBe(["Trigger KeyRejected k1", "Trigger KeyRejected k2"], ignoreOrder: true);
        next.Vendor.CountOf(PassWorld.ValueOf("k1")).ShouldBe(1);
        next.Vendor.Shared.Requests.ShouldNotContain(request => request.Header("Authorization") == "Bearer " + PassWorld.ValueOf("k1"));
    }

    [Fact]
    public async Task Check_AnyOutcome_LeavesNoValueBehind()
    {
        var (good, dead, masked) = (new Canary(), new Canary(), new Canary());
        await using (var world = (await PassWorld.StartAsync(_folder["state.db"])).With("good").With("dead").With("masked"))
        {
            world.Local.Put("good", good.Text);
            world.Vendor.Accept(good.Text);
            world.Local.Put("dead", dead.Text);
            world.Local.Put("masked", masked.Text + "\n");
            await world.CheckAsync();
            string[] left =
                [.. Directory.GetFiles(_folder.Path).Select(Read), .. world.Inbox.Http.Requests.Select(request => request.Text)];
            left.ShouldAllBe(text => text.Length > 0);
            new[] { good, dead, masked }.ToList().ForEach(canary => left.ToList().ForEach(canary.ShouldBeAbsentFrom));
        }
    }

    // Six keys, two of them revoked, on this test's file.
    private async Task<PassWorld> RevokedAsync(ManualClock clock)
    {
        var world = (await PassWorld.StartAsync(_folder["state.db"], clock)).With(6);
        world.Vendor.Revoke(PassWorld.ValueOf("k1"));
        world.Vendor.Revoke(PassWorld.ValueOf("k2"));
        return world;
    }

    private async Task KillAsync(ManualClock clock, int point)
    {
        await using var world = await RevokedAsync(clock);
        using var kill = new CancellationTokenSource();
        world.Vendor.Asked = () => _ = Interlocked.Decrement(ref point) == 0 && Kill(kill);
        var pass = Drive.UntilDone(world.BeginCheck(kill.Token), clock);
        await Task.WhenAny(pass);
        world.Inbox.Take().ShouldBeEmpty();
        clock.Advance(TimeSpan.FromMinutes(1));
    }

    private static bool Kill(CancellationTokenSource kill)
    {
        kill.Cancel();
        return true;
    }

    private static async Task<KeyStatus?> CheckedAsync(PassWorld world, string id) => (await world.StatusesAsync(id)).SingleOrDefault();

    private static string Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
