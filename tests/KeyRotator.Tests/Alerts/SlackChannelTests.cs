using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class SlackChannelTests : AlertChannelContract
{
    protected override IAlertChannel Channel => new SlackChannel();

    protected override int MaxBytes => SlackChannel.MaxBytes;

    protected override string? SecretWith(string text) => null;

    [Theory]
    [InlineData(200, "ok", DeliveryOutcome.Delivered)]
    [InlineData(200, "ok\n", DeliveryOutcome.Delivered)]
    [InlineData(200, "no_text", DeliveryOutcome.Refused)]
    [InlineData(200, "<html>maintenance</html>", DeliveryOutcome.Refused)]
    [InlineData(400, "invalid_payload", DeliveryOutcome.Refused)]
    [InlineData(400, "invalid_blocks", DeliveryOutcome.Refused)]
    [InlineData(400, "no_text", DeliveryOutcome.Refused)]
    [InlineData(400, "too_many_attachments", DeliveryOutcome.Refused)]
    [InlineData(400, "invalid_token", DeliveryOutcome.Retry)] // what is wrong with the webhook can be mended
    [InlineData(403, "action_prohibited", DeliveryOutcome.Retry)]
    [InlineData(404, "no_service", DeliveryOutcome.Retry)]
    [InlineData(404, "channel_not_found", DeliveryOutcome.Retry)]
    [InlineData(410, "channel_is_archived", DeliveryOutcome.Gone)]
    [InlineData(202, "ok", DeliveryOutcome.Retry)]
    public void ReadAnswer_Documented_IsThatOutcome(int status, string body, DeliveryOutcome outcome) =>
        Channel.ReadAnswer(status, Encoding.UTF8.GetBytes(body)).ShouldBe(outcome);

    [Fact]
    public void CreateRequest_AnyName_MakesNoMentionAndNoLink() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
        {
            var name = $"<!channel> {text} <@U1>";
            var finding = AnAlert.Finding(name) with { Message = name, Owner = name, Environment = name, Provider = name };
            return Formatted(BodyOf(AnAlert.Of(AlertKind.Trigger, finding))).All(shown => !shown.Contains('<') && !shown.Contains('>'));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void CreateRequest_LongestOfAll_KeepsSlacksLimits()
    {
        var finding = AnAlert.Finding(new string('<', 5_000)) with { Message = new string('&', 50_000), Owner = new string('o', 5_000) };
        foreach (var body in new[]
        {
            BodyOf(AnAlert.Of(AlertKind.Trigger, finding)),
            BodyOf(AnAlert.Of(AlertKind.Digest, [.. Enumerable.Repeat(finding, 200)])),
        })
        {
            var blocks = body.GetProperty("blocks").EnumerateArray().ToList();
            blocks.Count.ShouldBeLessThanOrEqualTo(50);
            blocks[0].GetProperty("text").GetProperty("text").GetString()!.Length.ShouldBeLessThanOrEqualTo(150);
            blocks.Where(block => block.TryGetProperty("text", out _))
                .ShouldAllBe(block => block.GetProperty("text").GetProperty("text").GetString()!.Length <= 3_000);
            blocks.Where(block => block.TryGetProperty("fields", out _))
                .ShouldAllBe(block => block.GetProperty("fields").GetArrayLength() <= 10);
        }
    }

    // Only these does Slack format: the headline, and text that says so itself.
    private static IEnumerable<string> Formatted(JsonElement body) => body.GetProperty("blocks").EnumerateArray()
        .Where(block => block.TryGetProperty("text", out var text) && text.GetProperty("type").GetString() == "mrkdwn")
        .Select(block => block.GetProperty("text").GetProperty("text").GetString()!)
        .Append(body.GetProperty("text").GetString()!);
}
