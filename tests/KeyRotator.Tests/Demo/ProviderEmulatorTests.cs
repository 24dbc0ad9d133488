using System.Net;
using System.Text.Json;
using KeyRotator.Demo;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Demo;

public sealed class ProviderEmulatorTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private ProviderEmulator _emulator = null!;

    public static TheoryData<string> Providers => ["mistral", "openai", "anthropic", "gemini"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _emulator = await ProviderEmulator.StartAsync(_clock, Token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _emulator.DisposeAsync();
    }

    [Theory]
    [InlineData("mistral", "data", "mistral-small-2603")]
    [InlineData("openai", "data", "gpt-5")]
    [InlineData("anthropic", "data", "claude-sonnet-4-5-20250929")]
    [InlineData("gemini", "models", "models/gemini-2.5-flash")]
    public async Task Answer_KnownKey_ListsModels(string provider, string list, string model)
    {
        _emulator.AddKey(provider, "good");

        using var answer = await AskAsync(provider, "good");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var first = (await JsonAsync(answer)).GetProperty(list)[0];
        first.GetProperty(provider == "gemini" ? "name" : "id").GetString().ShouldBe(model);
    }

    [Theory]
    [InlineData("mistral", 401, "$.detail=Unauthorized")]
    [InlineData("openai", 401, "$.error.code=invalid_api_key")]
    [InlineData("anthropic", 401, "$.error.type=authentication_error")]
    [InlineData("gemini", 400, "$.error.status=INVALID_ARGUMENT")]
    public async Task Answer_UnknownKey_IsTheVendorsBadKeyAnswer(string provider, int status, string member)
    {
        using var answer = await AskAsync(provider, "never \"existed\"");

        ((int)answer.StatusCode).ShouldBe(status);
        At(await JsonAsync(answer), member.Split('=')[0]).ShouldBe(member.Split('=')[1]);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Answer_RevokedKey_IsTheBadKeyAnswer(string provider)
    {
        _emulator.AddKey(provider, "good");
        _emulator.Revoke(provider, "good");

        using var answer = await AskAsync(provider, "good");

        ((int)answer.StatusCode).ShouldBe(provider == "gemini" ? 400 : 401);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Answer_KeyOfAnotherProvider_IsTheBadKeyAnswer(string provider)
    {
        _emulator.AddKey(provider == "mistral" ? "openai" : "mistral", "good");

        using var answer = await AskAsync(provider, "good");

        ((int)answer.StatusCode).ShouldBe(provider == "gemini" ? 400 : 401);
    }

    [Theory]
    [InlineData(nameof(ProviderFault.Outage), 503)]
    [InlineData(nameof(ProviderFault.RejectsAll), 401)]
    [InlineData(nameof(ProviderFault.Throttled), 429)]
    [InlineData(nameof(ProviderFault.None), 200)]
    public async Task Answer_Fault_HitsGoodKeys(string fault, int status)
    {
        _emulator.AddKey("mistral", "good");
        _emulator.Break("mistral", Enum.Parse<ProviderFault>(fault));

        using var answer = await AskAsync("mistral", "good");

        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.RetryAfter?.Delta.ShouldBe(ProviderEmulator.RetryAfter);
        (answer.Headers.RetryAfter is not null).ShouldBe(status == 429);
    }

    [Fact]
    public async Task Answer_FaultOfAnotherProvider_DoesNotShow()
    {
        _emulator.AddKey("mistral", "good");
        _emulator.Break("openai", ProviderFault.Outage);

        using var answer = await AskAsync("mistral", "good");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Answer_Slow_WaitsForTheClock()
    {
        _emulator.AddKey("mistral", "good");
        _emulator.Break("mistral", ProviderFault.Slow);

        var asking = AskAsync("mistral", "good");
        await Eventually.TrueAsync(() => _clock.PendingTimers == 1, Token);
        asking.IsCompleted.ShouldBeFalse();
        _clock.Advance(ProviderEmulator.SlowAnswer);

        (await asking).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Dispose_SlowAnswerUnderWay_EndsIt()
    {
        _emulator.Break("mistral", ProviderFault.Slow);
        var asking = AskAsync("mistral", "good");
        await Eventually.TrueAsync(() => _clock.PendingTimers == 1, Token);

        await _emulator.DisposeAsync();

        await Should.ThrowAsync<HttpRequestException>(asking);
    }

    [Fact]
    public async Task Answer_AnotherPath_IsNotFound()
    {
        using var answer = await _http.GetAsync(new Uri(_emulator.BaseUrl("mistral"), "/mistral/v2/models"), Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Answer_AnthropicWithoutVersion_IsTheBadKeyAnswer()
    {
        _emulator.AddKey("anthropic", "good");
        using var request = new HttpRequestMessage(HttpMethod.Get, _emulator.BaseUrl("anthropic") + "/v1/models");
        request.Headers.Add("x-api-key", "good");

        using var answer = await _http.SendAsync(request, Token);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void BaseUrl_NotEmulated_Throws() => Should.Throw<ArgumentException>(() => _emulator.BaseUrl("cohere"));

    private async Task<HttpResponseMessage> AskAsync(string provider, string key)
    {
        using var request = provider switch
        {
            "openai" => Request("/models", ("Authorization", $"Bearer {key}")),
            "anthropic" => Request("/v1/models?limit=1", ("x-api-key", key), ("anthropic-version", "2023-06-01")),
            "gemini" => Request("/v1beta/models?pageSize=1", ("x-goog-api-key", key)),
            _ => Request("/v1/models", ("Authorization", $"Bearer {key}")),
        };
        return await _http.SendAsync(request, Token);

        HttpRequestMessage Request(string path, params ReadOnlySpan<(string Name, string Value)> headers)
        {
            var message = new HttpRequestMessage(HttpMethod.Get, _emulator.BaseUrl(provider) + path);
            foreach (var (name, value) in headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            return message;
        }
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(Token));

    private static string? At(JsonElement root, string path) =>
        path.Split('.').Skip(1).Aggregate(root, (element, member) => element.GetProperty(member)).GetString();
}
