using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class StoreTestRunTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Try_Steps_AreTimedAndSayWhetherTheyPassed()
    {
        var run = new StoreTestRun(_clock);
        var denied = new SecretStoreException(
            "prod", "list", null, isTransient: false, "listing is denied.")
        { MissingPermission = "x:List" };

        (await run.TryAsync("reach", () => Seen("it answers", TimeSpan.FromMilliseconds(12)))).ShouldBeTrue();
        (await run.TryAsync("list", () => throw denied)).ShouldBeFalse();
        (await run.JudgeAsync("rights", () => Task.FromResult((false, "too few")))).ShouldBeFalse();

        run.Steps.ShouldBe(
        [
            new("reach", true, "it answers") { Took = TimeSpan.FromMilliseconds(12) },
            new("list", false, "listing is denied. Missing: x:List") { MissingPermission = "x:List", Took = TimeSpan.Zero },
            new("rights", false, "too few") { Took = TimeSpan.Zero },
        ]);
    }

    [Fact]
    public async Task Try_Defect_IsNoStep()
    {
        var run = new StoreTestRun(_clock);

        await Should.ThrowAsync<InvalidOperationException>(() => run.TryAsync("reach", () => throw new InvalidOperationException()));

        run.Steps.ShouldBeEmpty();
    }

    private Task<string> Seen(string message, TimeSpan took)
    {
        _clock.Advance(took);
        return Task.FromResult(message);
    }
}
