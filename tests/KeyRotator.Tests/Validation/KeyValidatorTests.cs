using System.Text.RegularExpressions;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class KeyValidatorTests
{
    private static readonly Uri s_url = new("https://tiny.example");

    [Fact]
    public async Task Probe_GoodAnswer_CarriesModelsStatusAndTimes()
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models, headers: ("Date", "Sat, 21 Nov 2026 09:59:00 GMT"));
        using var proving = new Proving(pooled: far.Invoker());

        var result = await proving.ProbeAsync(s_url);

        result.Verdict.Models!.Models.ShouldHaveSingleItem().Id.ShouldBe("tiny-1");
        result.HttpStatus.ShouldBe(200);
        result.At.ShouldBe(proving.Clock.GetUtcNow());
        result.ServerDate.ShouldBe(new DateTimeOffset(2026, 11, 21, 9, 59, 0, TimeSpan.Zero));
        result.RetryAt.ShouldBeNull();
    }

    [Fact]
    public async Task Probe_AnyKey_SendsTheKeyOnceAndNothingUnneeded()
    {
        await using var server = HostileServer.Answering(Wire.Answer(200, Wire.Models));
        using var proving = new Proving();

        await proving.ProbeAsync(server.Url);

        var lines = server.Requests.ShouldHaveSingleItem().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("GET /v1/models HTTP/1.1");
        lines[1..].ShouldBe(
            [
                $"Host: localhost:{server.Port}", $"Authorization: Bearer {proving.Key.Text}",
                "User-Agent: KeyRotator/0.1", "Accept: application/json",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Probe_AcceptSetByProvider_IsKept()
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        var provider = new TinyProvider { Building = request => request.Headers.Add("Accept", "text/plain") };
        using var proving = new Proving(provider, far.Invoker());

        await proving.ProbeAsync(s_url);

        far.Requests.ShouldHaveSingleItem().Header("Accept").ShouldBe("text/plain");
    }

    [Theory]
    [InlineData(nameof(ProbeConnection.Shared), 1)]
    [InlineData(nameof(ProbeConnection.Fresh), 3)]
    public async Task Probe_ThreeTimes_UsesAsManyConnectionsAsAskedFor(string asked, int expected)
    {
        var connection = Enum.Parse<ProbeConnection>(asked);
        await using var server = HostileServer.Answering(Wire.Answer(200, Wire.Models));
        using var proving = new Proving();

        await proving.ProbeAsync(server.Url, connection);
        await proving.ProbeAsync(server.Url, connection);
        await proving.ProbeAsync(server.Url, connection);

        server.Connections.ShouldBe(expected);
    }

    [Fact]
    public async Task Probe_RejectedThenAccepted_TellsEachAsItCame()
    {
        await using var server = HostileServer.Answering(Wire.Answer(401, Wire.InvalidKey), Wire.Answer(200, Wire.Models));
        using var proving = new Proving();

        var first = await proving.ProbeAsync(server.Url);
        var second = await proving.ProbeAsync(server.Url);

        first.Verdict.Verdict.ShouldBe(Verdict.Rejected);
        second.Verdict.Verdict.ShouldBe(Verdict.Accepted);
    }

    [Theory]
    [InlineData(Verdict.Rejected, 200, false)] // vendors exist that say so with a 200
    [InlineData(Verdict.Rejected, 401, false)]
    [InlineData(Verdict.Rejected, 429, false)]
    [InlineData(Verdict.Rejected, 408, true)] // the far end was slow, whatever the body says
    [InlineData(Verdict.Rejected, 500, true)]
    [InlineData(Verdict.Rejected, 529, true)]
    [InlineData(Verdict.Rejected, 304, true)]
    [InlineData(Verdict.Accepted, 403, false)]
    [InlineData(Verdict.Accepted, 503, true)]
    [InlineData(Verdict.Accepted, 302, true)]
    public async Task Probe_ProviderJudgesAnswer_IsBelievedOnlyOn2xxAnd4xx(Verdict verdict, int status, bool becomesInconclusive)
    {
        using var far = new ScriptedHttp().Answer(status, Wire.InvalidKey);
        var said = new ProbeVerdict { Verdict = verdict, Reason = VerdictReason.Invalid };
        using var proving = new Proving(new TinyProvider { Reading = _ => said }, far.Invoker());

        var result = await proving.ProbeAsync(s_url);

        result.Verdict.Verdict.ShouldBe(becomesInconclusive ? Verdict.Inconclusive : verdict);
        result.HttpStatus.ShouldBe(status);
    }

    [Theory]
    [InlineData(429, "30", 30)]
    [InlineData(503, "-1", null)]
    [InlineData(200, "30", null)] // seen on a vendor's good answers
    public async Task Probe_RetryAfter_IsKeptWhereItMeansWait(int status, string header, int? seconds)
    {
        using var far = new ScriptedHttp().Answer(status, Wire.Models, headers: ("Retry-After", header));
        using var proving = new Proving(pooled: far.Invoker());

        var result = await proving.ProbeAsync(s_url);

        result.RetryAt.ShouldBe(seconds is null ? null : result.At.AddSeconds(seconds.Value));
    }

    [Fact]
    public async Task Probe_AdapterFailsToRead_NamesTheExceptionButNotItsMessage()
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        using var proving = new Proving(new TinyProvider { Reading = _ => throw new KeyNotFoundException("secret text") }, far.Invoker());

        var result = await proving.ProbeAsync(s_url);

        result.Verdict.Reason.ShouldBe(VerdictReason.UnexpectedBody);
        result.Verdict.Hint!.ShouldContain(nameof(KeyNotFoundException));
        result.Verdict.Hint!.ShouldNotContain("secret text");
    }

    [Fact]
    public async Task Probe_AdapterFailsToBuild_SendsNothingAndSaysSo()
    {
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        using var proving = new Proving(new TinyProvider { Building = _ => throw new FormatException("secret text") }, far.Invoker());

        var result = await proving.ProbeAsync(s_url);

        far.Requests.ShouldBeEmpty();
        result.Verdict.Reason.ShouldBe(VerdictReason.UnexpectedBody);
        result.Verdict.Hint!.ShouldContain(nameof(FormatException));
    }

    [Theory]
    [InlineData("^nothing$", null)]
    [InlineData("^canary[0-9a-f]+$", "known")]
    public async Task Probe_KeyOfAKnownShape_TellsTheAdapterItsName(string pattern, string? expected)
    {
        string? seen = "none";
        var format = new KeyFormat("known", new Regex(pattern), IsDistinctive: true, _ => "");
        var provider = new TinyProvider
        {
            Profile = new() { Title = "Tiny", Probe = "GET /v1/models", Formats = [format] },
            Reading = answer => ProbeVerdict.Ok(account: seen = answer.KeyFormat),
        };
        using var far = new ScriptedHttp().Answer(200, Wire.Models);
        using var proving = new Proving(provider, far.Invoker());

        await proving.ProbeAsync(s_url);

        seen.ShouldBe(expected);
    }
}
