using System.Text;
using KeyRotator.Demo;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

public sealed class WebhookSignatureTests
{
    // The fixed vector that the Standard Webhooks libraries share.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long SentAt = 1614265330;
    private const string Body = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    [Theory]
    [InlineData(Signature, true, "the vector")]
    [InlineData("v1,AAAA v1a,zzzz " + Signature, true, "one of several fits")]
    [InlineData("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false, "one bit off")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false, "another scheme")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false, "no scheme")]
    [InlineData("v1,g0hM9SsE", false, "cut short")]
    [InlineData("v1,***", false, "no base64")]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false, "too long")]
    [InlineData("", false, "none")]
    public void IsValid_Signatures_OnlyOneThatFits(string signature, bool expected, string why) =>
        IsValid(Headers(signature), Body, SentAt).ShouldBe(expected, why);

    [Theory]
    [InlineData(300, true, "the edge is inside")]
    [InlineData(301, false, "too old")]
    [InlineData(-300, true, "the edge is inside")]
    [InlineData(-301, false, "from the future")]
    public void IsValid_Time_NearOnly(int secondsLater, bool expected, string why) =>
        IsValid(Headers(Signature), Body, SentAt + secondsLater).ShouldBe(expected, why);

    [Fact]
    public void IsValid_AnotherBody_IsFalse() => IsValid(Headers(Signature), Body + " ", SentAt).ShouldBeFalse();

    [Theory]
    [InlineData("webhook-id", "msg_other")]
    [InlineData("webhook-id", null)]
    [InlineData("webhook-timestamp", "1614265331")]
    [InlineData("webhook-timestamp", "soon")]
    [InlineData("webhook-timestamp", null)]
    public void IsValid_AnotherHeader_IsFalse(string name, string? value)
    {
        var headers = Headers(Signature);
        headers[name] = value;

        IsValid(headers, Body, SentAt).ShouldBeFalse();
    }

    private static HeaderDictionary Headers(string signature) => new()
    {
        ["webhook-id"] = Id,
        ["webhook-timestamp"] = $"{SentAt}",
        ["webhook-signature"] = signature,
    };

    private static bool IsValid(HeaderDictionary headers, string body, long now) =>
        WebhookSignature.IsValid(Secret, headers, Encoding.UTF8.GetBytes(body), DateTimeOffset.FromUnixTimeSeconds(now));
}
