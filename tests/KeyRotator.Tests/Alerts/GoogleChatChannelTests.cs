using KeyRotator.Alerts;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class GoogleChatChannelTests : AlertChannelContract
{
    protected override IAlertChannel Channel => new GoogleChatChannel();

    protected override int MaxBytes => GoogleChatChannel.MaxBytes;

    protected override string? SecretWith(string text) => null;

    [Theory]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(403, DeliveryOutcome.Retry)]
    [InlineData(404, DeliveryOutcome.Retry)]
    public void ReadAnswer_Documented_IsThatOutcome(int status, DeliveryOutcome outcome) =>
        Channel.ReadAnswer(status, []).ShouldBe(outcome);

    [Theory]
    [InlineData("https://chat.googleapis.com/v1/spaces/x/messages?key=k&token=t", "?key=k&token=t&threadKey=fnd_1&")]
    [InlineData("https://chat.example/messages", "?threadKey=fnd_1&")]
    public void CreateRequest_LifeOfAFinding_IsOneThread(string url, string query)
    {
        foreach (var kind in new[] { AlertKind.Trigger, AlertKind.Reminder, AlertKind.Resolved })
        {
            using var request = Channel.CreateRequest(AnAlert.Of(kind, AnAlert.Finding()), AnAlert.Channel(url: url), AnAlert.At);

            request.RequestUri!.Query.ShouldBe($"{query}messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
        }
    }

    [Fact]
    public void CreateRequest_Markup_IsNoMarkup()
    {
        const string Html = "<b>no</b> & <a href=\"https://evil.example\">x</a>";
        var finding = AnAlert.Finding("<users/all> *b* _i_ ~s~ `c`") with { Message = Html };
        var body = BodyOf(AnAlert.Of(AlertKind.Trigger, finding));

        body.GetProperty("text").GetString().ShouldBe("[CRITICAL] KeyRejected:  users/all   b   i   s   c ");
        var card = body.GetProperty("cardsV2")[0].GetProperty("card");
        card.GetProperty("header").GetProperty("title").GetString().ShouldBe("[CRITICAL] KeyRejected: &lt;users/all&gt; *b* _i_ ~s~ `c`");
        card.GetProperty("sections")[0].GetProperty("widgets")[0].GetProperty("decoratedText").GetProperty("text").GetString()
            .ShouldBe("&lt;b&gt;no&lt;/b&gt; &amp; &lt;a href=\"https://evil.example\"&gt;x&lt;/a&gt;");
    }
}
