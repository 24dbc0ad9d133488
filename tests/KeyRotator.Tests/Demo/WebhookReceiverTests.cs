using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using KeyRotator.Demo;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

public sealed class WebhookReceiverTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private WebhookReceiver _receiver = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _receiver = await WebhookReceiver.StartAsync(_clock, Token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Receive_RightlySigned_IsTaken()
    {
        var status = await SendAsync("""{"type":"keyrotator.test"}""", _receiver.Secret);

        status.ShouldBe(HttpStatusCode.NoContent);
        var message = await _receiver.Messages.ReadAsync(Token);
        message.Id.ShouldBe("msg_1");
        message.At.ShouldBe(_clock.GetUtcNow());
        message.Body.GetProperty("type").GetString().ShouldBe("keyrotator.test");
    }

    [Fact]
    public async Task Receive_SignedWithAnotherSecret_IsRefused()
    {
        var other = "whsec_" + Convert.ToBase64String(new byte[32]);

        var status = await SendAsync("{}", other);

        status.ShouldBe(HttpStatusCode.Unauthorized);
        _receiver.Refused.ShouldBe(1);
        _receiver.Messages.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Receive_NoJson_IsRefused()
    {
        var status = await SendAsync("not json", _receiver.Secret);

        status.ShouldBe(HttpStatusCode.Unauthorized);
        _receiver.Messages.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(nameof(ReceiverFault.Unavailable), 503)]
    [InlineData(nameof(ReceiverFault.Throttled), 429)]
    public async Task Receive_Fault_AnswersSoAndTakesNothing(string fault, int status)
    {
        _receiver.Fault = Enum.Parse<ReceiverFault>(fault);

        ((int)await SendAsync("{}", _receiver.Secret)).ShouldBe(status);

        _receiver.Messages.Count.ShouldBe(0);
        _receiver.Refused.ShouldBe(0);
    }

    [Fact]
    public async Task Receive_Down_CutsTheConnection()
    {
        _receiver.Fault = ReceiverFault.Down;

        await Should.ThrowAsync<HttpRequestException>(SendAsync("{}", _receiver.Secret));
    }

    [Fact]
    public async Task Receive_BackFromAFault_TakesMessagesAgain()
    {
        _receiver.Fault = ReceiverFault.Unavailable;
        await SendAsync("{}", _receiver.Secret);
        _receiver.Fault = ReceiverFault.None;

        (await SendAsync("{}", _receiver.Secret)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Receive_Hangs_UntilTheReceiverStops()
    {
        _receiver.Fault = ReceiverFault.Hangs;
        var sending = SendAsync("{}", _receiver.Secret);
        await Eventually.TrueAsync(() => _receiver.Requests == 1, Token);

        await _receiver.DisposeAsync();

        await Should.ThrowAsync<HttpRequestException>(sending);
    }

    [Fact]
    public async Task Dispose_EndsTheStreamOfMessages()
    {
        await SendAsync("{}", _receiver.Secret);

        await _receiver.DisposeAsync();

        (await _receiver.Messages.ReadAllAsync(Token).CountAsync(Token)).ShouldBe(1);
    }

    private async Task<HttpStatusCode> SendAsync(string body, string secret)
    {
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"msg_1.{timestamp}.{body}");
        var signature = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed);
        using var request = new HttpRequestMessage(HttpMethod.Post, _receiver.Url) { Content = new StringContent(body) };
        request.Headers.Add("webhook-id", "msg_1");
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add("webhook-signature", "v1," + Convert.ToBase64String(signature));
        using var answer = await _http.SendAsync(request, Token);
        return answer.StatusCode;
    }
}
