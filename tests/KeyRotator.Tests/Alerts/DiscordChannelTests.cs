using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Tests.Contracts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class DiscordChannelTests : AlertChannelContract
{
    protected override IAlertChannel Channel => new DiscordChannel();

    protected override int MaxBytes => 64 * 1024;

    protected override string? SecretWith(string text) => null;

    [Theory]
    [InlineData(204, DeliveryOutcome.Delivered)]
    [InlineData(200, DeliveryOutcome.Delivered)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(401, DeliveryOutcome.Retry)]
    [InlineData(404, DeliveryOutcome.Retry)]
    public void ReadAnswer_Documented_IsThatOutcome(int status, DeliveryOutcome outcome) =>
        Channel.ReadAnswer(status, []).ShouldBe(outcome);

    [Fact]
    public void CreateRequest_AnyText_KeepsTheLimitsAndMentionsNobody() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
        {
            var hostile = string.Concat(Enumerable.Repeat($"@everyone *{text}*", 400));
            var finding = AnAlert.Finding(hostile) with { Message = hostile, Owner = hostile, Environment = hostile, Provider = hostile };
            return Keeps(BodyOf(AnAlert.Of(AlertKind.Trigger, finding)))
                && Keeps(BodyOf(AnAlert.Of(AlertKind.Digest, Enumerable.Repeat(finding, 60).ToList())));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void CreateRequest_Markup_IsEscaped()
    {
        var body = BodyOf(AnAlert.Of(AlertKind.Trigger, AnAlert.Finding("*bold* [a](https://evil.example)")));

        body.GetProperty("embeds")[0].GetProperty("title").GetString()
            .ShouldBe(@"\[CRITICAL\] KeyRejected\: \*bold\* \[a\](https\://evil.example)");
    }

    private static bool Keeps(JsonElement body)
    {
        var embeds = body.GetProperty("embeds").EnumerateArray().ToList();
        string[] texts = ["title", "description"];
        var total = embeds.Sum(embed => texts.Sum(name => embed.TryGetProperty(name, out var text) ? text.GetString()!.Length : 0)
            + Fields(embed).Sum(field => field.GetProperty("name").GetString()!.Length + field.GetProperty("value").GetString()!.Length));
        return embeds.Count <= 10
            && total <= 6_000
            && embeds.All(embed => embed.GetProperty("title").GetString()!.Length <= 256)
            && embeds.All(embed => Fields(embed).Count() <= 25)
            && embeds.SelectMany(Fields).All(field => field.GetProperty("value").GetString()!.Length <= 1_024)
            && body.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength() == 0;
    }

    private static IEnumerable<JsonElement> Fields(JsonElement embed) =>
        embed.TryGetProperty("fields", out var fields) ? fields.EnumerateArray() : [];
}
