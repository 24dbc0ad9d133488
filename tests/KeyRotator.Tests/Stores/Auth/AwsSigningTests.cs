using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using KeyRotator.Configuration;
using KeyRotator.Stores.Auth;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores.Auth;

/// <summary>Signatures, regions and endpoints.</summary>
public sealed class AwsSigningTests
{
    private const string Body = """{"SecretId":"prod/openai","VersionStage":"AWSCURRENT"}""";

    private static readonly SessionAWSCredentials s_keys = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "TOKENEXAMPLE");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The signature is the one that botocore's SigV4Auth gives for the same request.</summary>
    [Fact]
    public async Task Sign_KnownRequest_GivesTheKnownSignature()
    {
        var time = new ManualClock(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var sent = await SignAsync(Access(new() { Region = "us-east-1" }, [], time), time);

        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body))).ShouldStartWith("38520cdc");
        sent.Headers.GetValues("Authorization").Single().ShouldBe(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250101/us-east-1/secretsmanager/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, "
            + "Signature=8d3c445cf218298b6154279bbeea3b25e95b403b5189de59359bf0dc8570b819");
        sent.Headers.GetValues("X-Amz-Security-Token").ShouldBe(["TOKENEXAMPLE"]);
    }

    [Fact]
    public async Task Sign_Repeat_HasItsOwnTime()
    {
        var time = new ManualClock();
        var access = Access(new() { Region = "us-east-1" }, [], time);
        var first = await SignAsync(access, time);
        time.Advance(TimeSpan.FromSeconds(1));

        var second = await SignAsync(access, time);

        first.Headers.GetValues("X-Amz-Date").ShouldBe(["20261121T100000Z"]);
        second.Headers.GetValues("X-Amz-Date").ShouldBe(["20261121T100001Z"]);
    }

    [Theory]
    [InlineData("eu-central-1", false, "https://secretsmanager.eu-central-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, "https://secretsmanager-fips.us-gov-west-1.amazonaws.com/")]
    [InlineData("cn-north-1", false, "https://secretsmanager.cn-north-1.amazonaws.com.cn/")]
    public async Task Endpoint_OfARegion_FollowsTheVendorsRule(string region, bool fips, string expected) =>
        (await Access(new() { Region = region, Fips = fips }).ConnectAsync(Token)).Endpoint.AbsoluteUri.ShouldBe(expected);

    [Theory]
    [InlineData("https://own.example/", "AWS_ENDPOINT_URL_SECRETS_MANAGER=https://a.example", "https://own.example/")]
    [InlineData(null, "AWS_ENDPOINT_URL_SECRETS_MANAGER=https://a.example AWS_ENDPOINT_URL=https://b.example", "https://a.example/")]
    [InlineData(null, "AWS_ENDPOINT_URL=http://127.0.0.1:4566", "http://127.0.0.1:4566/")]
    [InlineData(
        null, "AWS_ENDPOINT_URL=https://b.example AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", "https://secretsmanager.eu-west-1.amazonaws.com/")]
    [InlineData(null, "AWS_USE_FIPS_ENDPOINT=true", "https://secretsmanager-fips.eu-west-1.amazonaws.com/")]
    public async Task Endpoint_ByOptionAndEnvironment_IsTheNearest(string? option, string environment, string expected)
    {
        var options = new AwsStoreOptions { Address = option is null ? null : new(option) };

        var access = Access(options, [.. environment.Split(' '), "AWS_REGION=eu-west-1"]);

        (await access.ConnectAsync(Token)).Endpoint.AbsoluteUri.ShouldBe(expected);
    }

    [Theory]
    [InlineData("http://secrets.example:4566", "clear text")]
    [InlineData("secrets.example", "no address")]
    [InlineData("https://169.254.169.254", "link-local")]
    [InlineData("https://user:pass@secrets.example", "credentials")]
    public async Task Endpoint_UnfitInTheEnvironment_IsRefused(string address, string reason)
    {
        var access = Access(new() { Region = "eu-west-1" }, [$"AWS_ENDPOINT_URL={address}"]);

        var fault = await Should.ThrowAsync<AwsAccessException>(() => access.ConnectAsync(Token), reason);

        (fault.IsTransient, fault.Message.Contains("AWS_ENDPOINT_URL", StringComparison.Ordinal)).ShouldBe((false, true), reason);
    }

    [Theory]
    [InlineData("eu-north-1", "AWS_REGION=eu-west-1", "eu-north-1")]
    [InlineData(null, "AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-2", "eu-west-1")]
    [InlineData(null, "AWS_DEFAULT_REGION=eu-west-2", "eu-west-2")]
    public async Task Region_ByOptionAndEnvironment_IsTheNearest(string? option, string environment, string expected) =>
        (await Access(new() { Region = option }, environment.Split(' ')).ConnectAsync(Token)).Region.SystemName.ShouldBe(expected);

    [Fact]
    public async Task Profile_ThatIsNotThere_IsNamed()
    {
        var access = Access(new() { Profile = "no-such-profile-of-keyrotator" });

        var fault = await Should.ThrowAsync<AwsAccessException>(() => access.ConnectAsync(Token));

        fault.Message.ShouldContain("no-such-profile-of-keyrotator");
    }

    private static AwsAccess Access(AwsStoreOptions options, string[]? environment = null, TimeProvider? time = null)
    {
        var variables = (environment ?? []).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new(options, variables.GetValueOrDefault, time ?? TimeProvider.System, s_keys);
    }

    private static async Task<HttpRequestMessage> SignAsync(AwsAccess access, TimeProvider time)
    {
        using var inner = new Sink();
        using var http = new HttpMessageInvoker(new AwsSigningHandler(access, time, inner), disposeHandler: false);
        var request = new HttpRequestMessage(HttpMethod.Post, "https://secretsmanager.us-east-1.amazonaws.com/")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body)) { Headers = { ContentType = new("application/x-amz-json-1.1") } },
            Headers = { { "X-Amz-Target", "secretsmanager.GetSecretValue" } },
        };
        using var answer = await http.SendAsync(request, Token);
        return request;
    }

    private sealed class Sink : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage());
    }
}
