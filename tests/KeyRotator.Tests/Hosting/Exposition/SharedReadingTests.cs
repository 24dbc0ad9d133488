using KeyRotator.Hosting.Exposition;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting.Exposition;

public sealed class SharedReadingTests
{
    private readonly ManualClock _clock = new();
    private readonly Queue<TaskCompletionSource<string?>> _reads = new();
    private readonly SharedReading<string> _reading;
    private int _begun;

    public SharedReadingTests() => _reading = new(
        () =>
        {
            Interlocked.Increment(ref _begun);
            return _reads.Dequeue().Task;
        },
        _clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_ManyAtOnce_ReadOnce()
    {
        var read = Expect();
        var answers = Enumerable.Range(0, 20).Select(_ => _reading.AnswerAsync(Token)).ToList();

        read.SetResult("one");

        (await Task.WhenAll(answers)).ShouldAllBe(answer => answer.Value == "one" && !answer.IsPending);
        _begun.ShouldBe(1);
    }

    [Fact]
    public async Task Answer_SoonAfter_IsTheSameAndThenAnother()
    {
        Expect().SetResult("one");
        Expect().SetResult("two");
        await _reading.AnswerAsync(Token);

        _clock.Advance(SharedReading<string>.Lasts - TimeSpan.FromTicks(1));
        (await _reading.AnswerAsync(Token)).Value.ShouldBe("one");
        _clock.Advance(TimeSpan.FromTicks(1));
        (await _reading.AnswerAsync(Token)).Value.ShouldBe("two");
    }

    [Fact]
    public async Task Answer_TooSlow_IsPendingAndNobodyReadsBesideIt()
    {
        var read = Expect();
        var slow = await Drive.UntilDone(_reading.AnswerAsync(Token), _clock);
        var next = await _reading.AnswerAsync(Token);
        slow.ShouldBe(new(null, true));
        next.ShouldBe(new(null, true));

        read.SetResult("late");

        await Eventually.TrueAsync(async () => await _reading.AnswerAsync(Token) == new Reading<string>("late", false), Token);
        _reading.Last(TimeSpan.Zero).ShouldBe("late");
        _begun.ShouldBe(1);
    }

    [Fact]
    public async Task Last_WhileTheNextIsSlow_IsToldForAWhile()
    {
        Expect().SetResult("one");
        Expect();
        await _reading.AnswerAsync(Token);
        _clock.Advance(SharedReading<string>.Lasts);
        await Drive.UntilDone(_reading.AnswerAsync(Token), _clock);

        _reading.Last(TimeSpan.FromSeconds(10)).ShouldBe("one");
        _reading.Last(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1)).ShouldBeNull();
    }

    [Fact]
    public async Task Answer_Failed_IsNothingAndTriedAgainLater()
    {
        Expect().SetResult(null);
        Expect().SetResult("two");

        (await _reading.AnswerAsync(Token)).ShouldBe(new(null, false));
        _clock.Advance(SharedReading<string>.Lasts);
        (await _reading.AnswerAsync(Token)).Value.ShouldBe("two");
    }

    private TaskCompletionSource<string?> Expect()
    {
        var read = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reads.Enqueue(read);
        return read;
    }
}
