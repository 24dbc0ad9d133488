using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class StoreTestRunTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task Try_Steps_AreTimedAndTheFirstFailureEndsThem()
    {
        var run = new StoreTestRun(_clock);
        var denied = new SecretStoreException(
            "prod", "list", null, isTransient: false, "listing is denied.")
        { MissingPermission = "x:List" };

        await run.TryAsync("reach", () => Seen("it answers", TimeSpan.FromMilliseconds(12)));
        await run.TryAsync("list", () => throw denied);
        await run.TryAsync("read", () => Seen("never", TimeSpan.Zero));

        run.Steps.ShouldBe(
        [
            new("reach", true, "it answers") { Took = TimeSpan.FromMilliseconds(12) },
            new("list", false, "listing is denied. Missing: x:List") { Took = TimeSpan.Zero },
        ]);
        run.Passes.ShouldBeFalse();
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
