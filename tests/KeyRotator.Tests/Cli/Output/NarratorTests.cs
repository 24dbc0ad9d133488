using KeyRotator.Cli.Output;
using KeyRotator.Demo;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class NarratorTests : IDisposable
{
    private static readonly DemoAlert s_trigger = new("Trigger", "Critical", "KeyRejected", "one", "Two words.");
    private readonly Shell _shell = new() { Width = 40 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void Say_NoWordTime_WaitsForNothing() =>
        new Narrator(_shell.Context, TimeSpan.Zero).SayAsync("some words", Token).IsCompletedSuccessfully.ShouldBeTrue();

    [Fact]
    public async Task Say_WordTime_WaitsThatLongForEachWord()
    {
        var saying = new Narrator(_shell.Context, TimeSpan.FromSeconds(1)).SayAsync("just three words", Token);

        _shell.Clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        saying.IsCompleted.ShouldBeFalse();
        _shell.Clock.Advance(TimeSpan.FromTicks(1));
        await saying;
    }

    [Fact]
    public async Task Say_LongText_StaysWithinTheWidth()
    {
        await new Narrator(_shell.Context, TimeSpan.Zero).SayAsync(string.Join(' ', Enumerable.Repeat("word", 40)), Token);

        _shell.Out.TrimEnd('\n').Split('\n').ShouldAllBe(line => line.StartsWith("   w") && line.Length <= 40);
    }

    [Fact]
    public async Task Alert_Trigger_HasItsMessage()
    {
        await new Narrator(_shell.Context, TimeSpan.Zero).AlertAsync(s_trigger, Token);

        _shell.Out.ShouldBe("     ALERT  critical KeyRejected, one\n            Two words.\n");
    }

    [Fact]
    public async Task Alert_Resolved_IsOneLine()
    {
        await new Narrator(_shell.Context, TimeSpan.Zero).AlertAsync(s_trigger with { Kind = "Resolved" }, Token);

        _shell.Out.ShouldBe("     RESOLVED  KeyRejected, one\n");
    }
}
