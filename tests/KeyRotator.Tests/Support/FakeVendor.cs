using System.Collections.Concurrent;

namespace KeyRotator.Tests.Support;

/// <summary>A vendor that knows keys by their text and says so in the shapes of OpenAI and Mistral. A key that it does not know is
/// refused.</summary>
internal sealed class FakeVendor
{
    private readonly ConcurrentDictionary<string, Func<HttpResponseMessage>> _answers = new(StringComparer.Ordinal);

    public FakeVendor() => (Shared, Fresh) = (new ScriptedHttp().Answer(Answer), new ScriptedHttp().Answer(Answer));

    /// <summary>What came over connections that carry many probes.</summary>
    public ScriptedHttp Shared { get; }

    /// <summary>What came over connections of their own.</summary>
    public ScriptedHttp Fresh { get; }

    /// <summary>What every key is answered while this is set.</summary>
    public Func<HttpResponseMessage>? Everybody { get; set; }

    /// <summary>Told of every probe before it is answered.</summary>
    public Action? Asked { get; set; }

    public void Accept(string key) => _answers[key] = Models;

    public void Revoke(string key) => _answers.TryRemove(key, out _);

    /// <summary>Answers a key so, one answer after the other; the last one repeats.</summary>
    public void Script(string key, params Func<HttpResponseMessage>[] answers)
    {
        var next = 0;
        _answers[key] = () => answers[Math.Min(next++, answers.Length - 1)]();
    }

    /// <summary>How often a key was sent.</summary>
    public int CountOf(string key) => Of(Shared, key) + Of(Fresh, key);

    public static HttpResponseMessage Models() => Models("m-1");

    public static HttpResponseMessage Models(params string[] ids) =>
        ScriptedHttp.Message(
            200, $$"""{"object":"list","data":[{{string.Join(',', ids.Select(id => $$"""{"id":"{{id}}","object":"model"}"""))}}]}""");

    public static HttpResponseMessage Unauthorized() =>
        ScriptedHttp.Message(401, """{"detail":"Unauthorized","error":{"code":"invalid_api_key"}}""");

    public static HttpResponseMessage Broken() => ScriptedHttp.Message(503);

    public static HttpResponseMessage Throttled(int seconds) => ScriptedHttp.Message(429, headers: ("Retry-After", $"{seconds}"));

    private static int Of(ScriptedHttp http, string key) =>
        http.Requests.Count(request => request.Header("Authorization") == $"Bearer {key}");

    private HttpResponseMessage Answer(RecordedRequest request)
    {
        var key = request.Header("Authorization")?["Bearer ".Length..] ?? "";
        Asked?.Invoke();
        return Everybody?.Invoke() ?? _answers.GetValueOrDefault(key, Unauthorized)();
    }
}
