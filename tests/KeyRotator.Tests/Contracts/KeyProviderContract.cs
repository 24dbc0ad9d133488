using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>What every provider owes. A subclass gives the provider's table of answers and where its probe goes.</summary>
public abstract partial class KeyProviderContract
{
    private const string Page = "<!DOCTYPE html><html><head><title>Access denied</title></head><body>Log in</body></html>";
    private static readonly string s_deep = string.Concat(Enumerable.Repeat("""{"error":""", 70)) + "1" + new string('}', 70);

    /// <summary>The provider under test.</summary>
    public abstract IKeyProvider Provider { get; }

    /// <summary>Where the contract's instance is asked, query included.</summary>
    protected abstract string ProbeUrl { get; }

    /// <summary>The provider's documented answers. Whatever is not in it proves nothing.</summary>
    protected abstract IReadOnlyList<ProbeRow> Rows { get; }

    /// <summary>The header that carries the key; null where the body does.</summary>
    protected virtual string? KeyHeader => "Authorization";

    /// <summary>Addresses that the vendor answers without a key.</summary>
    protected virtual IReadOnlyList<string> PublicLists => [];

    /// <summary>An instance that can be probed.</summary>
    protected virtual ProviderInstance Instance => A.Instance(Provider.Kind);

    [Fact]
    public void Classify_DocumentedAnswer_GivesTheTablesVerdict()
    {
        foreach (var row in Rows)
        {
            var verdict = Classify(row, row.Body);

            (verdict.Verdict, verdict.Reason).ShouldBe((row.Verdict, row.Reason), row.Name);
            (verdict.IsTransientRejection, verdict.NeedsKnownPlace).ShouldBe((row.IsTransient, row.NeedsKnownPlace), row.Name);
        }
    }

    [Fact]
    public void Rows_OfTheTable_NameTheirSourceAndEachOther()
    {
        Rows.ShouldAllBe(row => row.Source.Length > 0);
        Rows.Select(row => row.Name).ShouldBeUnique();
        Rows.ShouldContain(row => row.Verdict == Verdict.Accepted && row.Reason == VerdictReason.Ok);
        Rows.ShouldContain(row => row.Verdict == Verdict.Rejected);
    }

    [Theory]
    [InlineData(302, "", VerdictReason.Redirected)]
    [InlineData(307, Page, VerdictReason.Redirected)]
    [InlineData(407, "", VerdictReason.EdgeBlocked)]
    [InlineData(407, Page, VerdictReason.EdgeBlocked)]
    [InlineData(408, "", VerdictReason.ProviderError)]
    [InlineData(429, "", VerdictReason.Throttled)]
    [InlineData(429, Page, VerdictReason.Throttled)]
    [InlineData(500, Page, VerdictReason.ProviderError)]
    [InlineData(502, "", VerdictReason.ProviderError)]
    [InlineData(503, """{"unexpected":true}""", VerdictReason.ProviderError)]
    [InlineData(529, "", VerdictReason.ProviderError)]
    [InlineData(200, "", VerdictReason.UnexpectedBody)]
    [InlineData(200, Page, VerdictReason.EdgeBlocked)]
    [InlineData(200, """{"unexpected":true}""", VerdictReason.UnexpectedBody)]
    [InlineData(200, "[1]", VerdictReason.UnexpectedBody)]
    [InlineData(200, "null", VerdictReason.UnexpectedBody)]
    [InlineData(204, "", VerdictReason.UnexpectedBody)]
    [InlineData(400, "", VerdictReason.UnexpectedBody)]
    [InlineData(400, Page, VerdictReason.EdgeBlocked)]
    [InlineData(400, """{"unexpected":true}""", VerdictReason.UnexpectedBody)]
    [InlineData(401, "", VerdictReason.UnexpectedBody)]
    [InlineData(401, Page, VerdictReason.EdgeBlocked)]
    [InlineData(401, """{"unexpected":true}""", VerdictReason.UnexpectedBody)]
    [InlineData(403, "", VerdictReason.EdgeBlocked)]
    [InlineData(403, Page, VerdictReason.EdgeBlocked)]
    [InlineData(403, """{"unexpected":true}""", VerdictReason.UnexpectedBody)]
    public void Classify_AnswerOutsideTheTable_IsInconclusive(int status, string body, VerdictReason reason)
    {
        var mediaType = body == Page ? "text/html" : "application/json";
        using var answer = Answer.Of(status, body, Instance, FirstFormat, mediaType);

        var verdict = Provider.Classify(answer);

        (verdict.Verdict, verdict.Reason).ShouldBe((Verdict.Inconclusive, reason));
    }

    [Fact]
    public void Classify_401OfAnotherShape_SaysThatItProvesNothing()
    {
        using var answer = Answer.Of(401, """{"unexpected":true}""", Instance, FirstFormat);

        Provider.Classify(answer).Hint.ShouldNotBeNull().ShouldContain("proves nothing");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(500)]
    public void Classify_UnreadableBody_IsInconclusive(int status)
    {
        byte[] notUtf8 = [.. "{\"error\":{\"message\":\""u8, 0xC3, 0x28, .. "\"}}"u8];
        byte[] loneSurrogates = [.. """{"error":{"message":"\ud800"},"\udfff":1}"""u8];
        byte[][] bodies = [notUtf8, loneSurrogates, [.. s_deep.Select(character => (byte)character)], [0xFF, 0xFE]];
        foreach (var body in bodies)
        {
            using var answer = Answer.Of(status, body, Instance, FirstFormat);

            Provider.Classify(answer).Verdict.ShouldBe(Verdict.Inconclusive);
        }
    }

    [Fact]
    public void Classify_TruncatedAnswer_IsInconclusive()
    {
        foreach (var row in Rows.Where(row => row.Status is 200 or 400 or 401 or 403))
        {
            using var answer = Answer.Of(row.Status, row.Body, Instance, FirstFormat, row.MediaType, isTruncated: true);

            Provider.Classify(answer).Verdict.ShouldBe(Verdict.Inconclusive, row.Name);
        }
    }

    [Fact]
    public void Classify_AnyOtherAnswer_NeverRejects()
    {
        var text = ArbMap.Default.GeneratorFor<string>();
        var json = from shape in Gen.Elements<Func<string, string, JsonNode>>(
                       (a, b) => new JsonObject { ["error"] = new JsonObject { ["message"] = a, ["type"] = b, ["code"] = a } },
                       (a, b) => new JsonObject { ["message"] = a, ["request_id"] = b, ["detail"] = a, ["title"] = b, ["code"] = a },
                       (a, b) => new JsonObject { ["error"] = a, ["detail"] = new JsonObject { ["status"] = b } },
                       (a, b) => new JsonArray(a, b))
                   from first in text
                   from second in text
                   select shape(first, second).ToJsonString();
        var answers = from status in Gen.OneOf(Gen.Choose(100, 599), Gen.Elements(200, 400, 401, 403, 404, 429))
                      from body in Gen.OneOf(text, json)
                      select (status, body ?? "");

        Prop.ForAll(answers.ToArbitrary(), IsNotRejected).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact]
    public void Classify_ErrorThatEchoesTheKey_KeepsItOut()
    {
        var canary = new Canary();
        foreach (var row in Rows.Where(row => row.Status != 200))
        {
            foreach (var body in Echoes(row.Body, canary.Text))
            {
                var verdict = Classify(row, body);

                canary.ShouldBeAbsentFrom(verdict.ToString());
                canary.ShouldBeAbsentFrom($"{verdict.Code} {verdict.Hint} {verdict.Account}");
            }
        }
    }

    /// <summary>The verdict on one row, or on its answer with another body.</summary>
    protected ProbeVerdict Classify(ProbeRow row, string body)
    {
        using var answer = Answer.Of(row.Status, body, row.Instance ?? Instance, row.Format ?? FirstFormat, row.MediaType, row.Headers);
        return Provider.Classify(answer);
    }

    /// <summary>The verdict on a 200 with this body.</summary>
    protected ProbeVerdict ClassifyOk(string body, string? format = null, params (string Name, string Value)[] headers)
    {
        var sent = headers.ToDictionary(header => header.Name, header => header.Value);
        using var answer = Answer.Of(200, body, Instance, format ?? FirstFormat, headers: sent);
        return Provider.Classify(answer);
    }

    private string? FirstFormat => Provider.Profile.Formats is [var first, ..] ? first.Name : null;

    private bool IsNotRejected((int Status, string Body) sample)
    {
        using var answer = Answer.Of(sample.Status, sample.Body, Instance, FirstFormat);
        return Provider.Classify(answer).Verdict != Verdict.Rejected;
    }

    // The key instead of the body, then behind each text of it in turn: the other members must stay, or the answer is no longer the
    // vendor's.
    private static IEnumerable<string> Echoes(string body, string key) =>
        Text().Matches(body).Select(text => body.Insert(text.Index + text.Length - 1, " " + key)).Prepend(key);

    [GeneratedRegex(":\"[^\"]*\"")]
    private static partial Regex Text();
}
