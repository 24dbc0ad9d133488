using System.Text;
using KeyRotator.Alerts;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class TeamsChannelTests : AlertChannelContract
{
    protected override IAlertChannel Channel => new TeamsChannel();

    protected override int MaxBytes => TeamsChannel.MaxBytes;

    protected override string? SecretWith(string text) => null;

    [Theory]
    [InlineData(200, "1", DeliveryOutcome.Delivered)]
    [InlineData(202, "", DeliveryOutcome.Delivered)]
    [InlineData(200, "Microsoft Teams endpoint returned HTTP error 429 with ContextId x", DeliveryOutcome.Retry)]
    [InlineData(400, "", DeliveryOutcome.Refused)]
    [InlineData(413, "", DeliveryOutcome.Refused)]
    [InlineData(401, "", DeliveryOutcome.Retry)]
    [InlineData(404, "", DeliveryOutcome.Retry)]
    public void ReadAnswer_Documented_IsThatOutcome(int status, string body, DeliveryOutcome outcome) =>
        Channel.ReadAnswer(status, Encoding.UTF8.GetBytes(body)).ShouldBe(outcome);

    [Fact]
    public void CreateRequest_AnyAlert_HasNoBlockThatTeamsFormats()
    {
        var finding = AnAlert.Finding("[link](https://evil.example) <at>everyone</at>") with { Message = "# *big*", Owner = "- a list" };

        foreach (var kind in Enum.GetValues<AlertKind>())
        {
            var card = BodyOf(AnAlert.Of(kind, finding, finding)).GetProperty("attachments")[0].GetProperty("content");

            card.GetProperty("version").GetString().ShouldBe("1.4");
            card.GetProperty("body").EnumerateArray().ShouldAllBe(block => block.GetProperty("type").GetString() == "RichTextBlock");
            card.GetProperty("msteams").TryGetProperty("entities", out _).ShouldBeFalse("nobody is mentioned");
        }
    }
}
