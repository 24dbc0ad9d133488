using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Servers that hang, drip, flood, redirect or break off. The clock is the test's own: a probe that outlives it hangs.</summary>
public sealed class HostileServerTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    [Fact(Timeout = 300_000)]
    public async Task Probe_NoAnswerAtAll_EndsAtTheTimeoutAndNotBefore()
    {
        using var proving = new Proving();
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.HangAsync();
        });

        var probe = proving.ProbeAsync(server.Url);
        await server.ReceivedAsync(TestContext.Current.CancellationToken);
        proving.Clock.Advance(s_timeout - TimeSpan.FromTicks(1));
        probe.IsCompleted.ShouldBeFalse();
        proving.Clock.Advance(TimeSpan.FromTicks(1));

        (await probe).Verdict.Reason.ShouldBe(VerdictReason.Timeout);
    }

    [Theory(Timeout = 300_000)]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nX-Slow: ")] // within the headers
    [InlineData("HTTP/1.1 401 Unauthorized\r\nContent-Length: 1000\r\n\r\n{")] // within the body
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")] // within the chunks
    public async Task Probe_AnswerDripsForEver_EndsAtTheTimeout(string start)
    {
        using var proving = new Proving();
        using var drops = new SemaphoreSlim(0);
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync(start);
            await connection.DripAsync("1", drops);
        });

        var probe = proving.ProbeAsync(server.Url);
        await server.ReceivedAsync(TestContext.Current.CancellationToken);
        drops.Release(5);
        proving.Clock.Advance(s_timeout);

        (await probe).Verdict.Reason.ShouldBe(VerdictReason.Timeout);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(200, "Content-Length: 1073741824\r\n\r\n", "{\"data\":[")]
    [InlineData(401, "Content-Length: 1073741824\r\n\r\n", "{\"error\":")]
    [InlineData(200, "Transfer-Encoding: chunked\r\n\r\n", "a\r\n0123456789\r\n")]
    [InlineData(200, "Connection: close\r\n\r\n", "[[[[[[[[[[")]
    public async Task Probe_BodyWithoutEnd_StopsAtTheCap(int status, string framing, string piece)
    {
        var sent = 0L;
        using var proving = new Proving();
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync($"HTTP/1.1 {status} Reason\r\n{framing}");
            await connection.SendForEverAsync(string.Concat(Enumerable.Repeat(piece, 1000)), bytes => Interlocked.Add(ref sent, bytes));
        });

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Reason.ShouldBe(VerdictReason.TooLarge);
        Interlocked.Read(ref sent).ShouldBeLessThan(64 * 1024 * 1024);
    }

    [Fact(Timeout = 300_000)]
    public async Task Probe_HeadersWithoutEnd_StopsAtTheCap()
    {
        using var proving = new Proving();
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 200 OK\r\n");
            await connection.SendForEverAsync("X-Filler: filler\r\n");
        });

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Reason.ShouldBe(VerdictReason.TooLarge);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Probe_RedirectToAnotherHost_DoesNotGoThere(int status)
    {
        using var proving = new Proving();
        await using var elsewhere = HostileServer.Answering(Wire.Answer(200, Wire.Models));
        await using var server = HostileServer.Answering(Wire.Answer(status, Wire.InvalidKey, $"Location: {elsewhere.Url}"));

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Reason.ShouldBe(VerdictReason.Redirected);
        result.HttpStatus.ShouldBe(status);
        elsewhere.Connections.ShouldBe(0);
    }

    [Fact(Timeout = 300_000)]
    public async Task Probe_ConnectionReset_IsANetworkFault()
    {
        using var proving = new Proving();
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            connection.Reset();
        });

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Reason.ShouldBe(VerdictReason.Network);
        result.HttpStatus.ShouldBeNull();
    }

    [Fact(Timeout = 300_000)]
    public async Task Probe_NothingListens_SaysThatItWasRefused()
    {
        using var proving = new Proving();

        var result = await proving.ProbeAsync(new Uri($"http://127.0.0.1:{FreePort.Find()}"));

        result.Verdict.Reason.ShouldBe(VerdictReason.Network);
        result.Verdict.Hint!.ShouldContain("refused");
    }

    [Fact(Timeout = 300_000)]
    public async Task Probe_CallerCancels_ThrowsWithoutTheKey()
    {
        using var proving = new Proving();
        using var caller = new CancellationTokenSource();
        await using var server = HostileServer.Start(connection => connection.HangAsync());

        var probe = proving.ProbeAsync(server.Url, proving.Key.Text, caller.Token);
        await caller.CancelAsync();

        var thrown = await Should.ThrowAsync<OperationCanceledException>(probe);
        thrown.CancellationToken.ShouldBe(caller.Token);
        proving.Key.ShouldBeAbsentFrom(thrown.ToString());
    }

    [Fact(Timeout = 300_000)]
    public async Task Probe_CompressedWithoutBeingAsked_ReadsNothingOfTheBody()
    {
        using var proving = new Proving();
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1000\r\n\r\n");
            await connection.HangAsync();
        });

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Reason.ShouldBe(VerdictReason.UnexpectedBody);
        result.Verdict.Hint!.ShouldContain("compressed");
    }
}
