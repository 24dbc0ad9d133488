using System.IO.Pipes;
using System.Text;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Http;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class StdoutChannelTests : AlertChannelContract, IDisposable
{
    private static readonly ChannelSettings s_settings = AnAlert.Channel("log") with { Kind = "stdout" };
    private readonly ManualClock _clock = new();
    private readonly HttpMessageInvoker _http = OutboundHttp.Create();

    protected override IAlertChannel Channel => new StdoutChannel();

    protected override int MaxBytes => 20_001;

    protected override bool IsReadByPeople => false;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    protected override string? SecretWith(string text) => null;

    [Fact]
    public async Task Send_Messages_AreALineOfJsonEach()
    {
        using var stream = new MemoryStream();
        var sender = Sender(stream);

        var attempt = await sender.SendAsync(s_settings, AnAlert.Of(AlertKind.Trigger, AnAlert.Finding("a\nb\u2028c")), Token);
        await sender.SendAsync(s_settings, AnAlert.Of(AlertKind.Resolved, AnAlert.Finding()), Token);

        (attempt.Outcome, attempt.Sentence).ShouldBe((DeliveryOutcome.Delivered, "It was written."));
        var lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        lines.Length.ShouldBe(3);
        lines[2].ShouldBeEmpty();
        lines.Take(2).Select(line => JsonElement.Parse(line).GetProperty("type").GetString())
            .ShouldBe(["keyrotator.finding.triggered", "keyrotator.finding.resolved"]);
        lines[0].ShouldAllBe(letter => letter >= ' ' && letter <= '~');
    }

    [Fact]
    public async Task Send_ReaderIsGone_IsAFailureThatCanBeTriedAgain()
    {
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        new AnonymousPipeClientStream(PipeDirection.In, pipe.GetClientHandleAsString()).Dispose();
        pipe.DisposeLocalCopyOfClientHandle();

        var attempt = await Sender(pipe).SendAsync(s_settings, AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()), Token);

        (attempt.Outcome, attempt.Error).ShouldBe((DeliveryOutcome.Retry, "pipe"));
        attempt.Sentence.ShouldBe("The receiver did not take it: nobody reads the output that it is written to.");
    }

    [Fact(Timeout = 300_000)]
    public async Task Send_ReaderHangs_DelaysNobodyForLongerThanAnAttempt()
    {
        using var stuck = new StuckStream();
        var sender = Sender(stuck);

        var first = sender.SendAsync(s_settings, AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()), Token);
        await stuck.Reached;
        var second = sender.SendAsync(s_settings, AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()), Token);
        _clock.Advance(AlertSender.Timeout);

        (await first).Error.ShouldBe("timeout");
        (await second).Error.ShouldBe("timeout");
        stuck.Release();
    }

    [Fact]
    public async Task Send_NoOutput_IsAFailure() =>
        (await new AlertSender(_http, _clock).SendAsync(s_settings, AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()), Token))
            .Error.ShouldBe("settings");

    [Fact]
    public async Task Send_OutputCannotBeOpened_IsAFailure()
    {
        var sender = new AlertSender(_http, _clock) { Lines = new LineOutput(() => throw new ArgumentException("closed"), new object()) };

        (await sender.SendAsync(s_settings, AnAlert.Of(AlertKind.Trigger, AnAlert.Finding()), Token)).Error.ShouldBe("pipe");
    }

    [Fact]
    public async Task Write_ManyAtOnce_AreWholeLines()
    {
        using var stream = new MemoryStream();
        using var output = new LineOutput(() => stream, new object());

        await Task.WhenAll(Enumerable.Range(0, 50).Select(number =>
            output.WriteAsync(Encoding.ASCII.GetBytes(new string((char)('a' + (number % 26)), 5_000) + "\n"), Token)));

        Encoding.ASCII.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(line => line.Length == 5_000 && line.Distinct().Count() == 1);
    }

    private AlertSender Sender(Stream stream) => new(_http, _clock) { Lines = new LineOutput(() => stream, new object()) };

    private sealed class StuckStream : MemoryStream
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _release = new();

        public Task Reached => _reached.Task;

        public void Release() => _release.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _reached.TrySetResult();
            _release.Wait(Token);
        }
    }
}
