using System.Text;
using KeyRotator.Alerts;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>The fixed vectors: the first is that of the Standard Webhooks libraries, the second was computed with another
/// implementation.</summary>
public sealed class StandardWebhookSignatureTests
{
    private const string Previous = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Current = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    [Theory]
    [InlineData(Previous)]
    [InlineData("whsec_" + Previous)]
    public void Create_LibraryVector_IsTheirSignature(string secret) =>
        Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}", secret)
            .ShouldBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");

    [Fact]
    public void Create_TwoSecrets_SignsWithBothInOrder() =>
        Sign("msg_01JBQ7K3V3M2Z0", 1793693730, "{\"type\":\"keyrotator.test\",\"timestamp\":\"2026-11-03T08:15:30Z\",\"data\":{\"n\":1}}", Current, Previous)
            .ShouldBe("v1,s8Z3jQ+kN4RyRuesQxqZcTD8lXsMIncU6Tc2GhscbLE= v1,sYtlR7/d3IeobNZAiSZxnp+cjJDYThU4Y1y8Qb+49uM=");

    private static string Sign(string id, long seconds, string body, params string[] secrets) => StandardWebhookSignature.Create(
        id, StandardWebhookSignature.Timestamp(DateTimeOffset.FromUnixTimeSeconds(seconds)), Encoding.UTF8.GetBytes(body), secrets.Select(
            SigningSecret.Decode));
}
