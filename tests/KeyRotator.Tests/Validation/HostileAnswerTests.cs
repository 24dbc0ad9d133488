using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

/// <summary>Whole answers that a broken or hostile server may give, each from a real socket.</summary>
public sealed class HostileAnswerTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static readonly Canary s_key = new();

    private static readonly Dictionary<string, (string Answer, Verdict Verdict, VerdictReason Reason)> s_rows = new()
    {
        ["the documented good answer"] = (Wire.Answer(200, Wire.Models), Verdict.Accepted, VerdictReason.Ok),
        ["the documented bad-key answer"] = (Wire.Answer(401, Wire.InvalidKey), Verdict.Rejected, VerdictReason.Invalid),
        ["a good answer in chunks"] = (Chunked + "1b\r\n" + Wire.Models + "\r\n0\r\n\r\n", Verdict.Accepted, VerdictReason.Ok),
        ["interim answers before the final one"] =
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Wire.Answer(200, Wire.Models), Verdict.Accepted, VerdictReason.Ok),
        ["closed before anything"] = ("", Verdict.Inconclusive, VerdictReason.Network),
        ["closed within the status line"] = ("HTTP/1.1 40", Verdict.Inconclusive, VerdictReason.Network),
        ["closed within the headers"] = ("HTTP/1.1 401 Unauthorized\r\nContent-", Verdict.Inconclusive, VerdictReason.Network),
        ["closed within the body"] = (Wire.Answer(401, Wire.InvalidKey)[..^5], Verdict.Inconclusive, VerdictReason.Network),
        ["closed within a chunk"] = (Chunked + "ff\r\n{\"data\":[]}", Verdict.Inconclusive, VerdictReason.Network),
        ["a chunk size that is none"] = (Chunked + "zz\r\n{\"data\":[]}\r\n0\r\n\r\n", Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["an empty body"] = (Wire.Answer(200), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["401 with an empty body"] = (Wire.Answer(401), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["a captive portal's page"] = (Wire.Answer(200, "<html>Sign in</html>"), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["bytes that are not UTF-8"] = (Wire.Answer(200, "{\"data\":[{\"id\":\"\xff\xfe\"}]}"), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["JSON of another shape"] = (Wire.Answer(200, """{"data":{"id":7}}"""), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["a member of another type, which the adapter trips over"] = (Wire.Answer(200, """{"data":[{"id":7}]}"""), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["JSON nested too deep"] = (Wire.Answer(200, new string('[', 100_000)), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["no HTTP at all"] = ("SSH-2.0-OpenSSH_9.9\r\n", Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["HTTP/0.9"] = ("<html>hello</html>\n", Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["headers beyond measure"] = (Wire.Answer(200, Wire.Models, "X-Filler: " + new string('x', 40_000)), Verdict.Inconclusive, VerdictReason.TooLarge),
        ["an error body beyond the cap"] = (Wire.Answer(401, Wire.InvalidKey + new string(' ', 70_000)), Verdict.Inconclusive, VerdictReason.TooLarge),
        ["a gzip bomb"] = (Wire.Answer(200, "\x1f\x8b\x08", "Content-Encoding: gzip"), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["gzip that does not say so"] = (Wire.Answer(200, "\x1f\x8b\x08\x00\x00"), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["an identity encoding, which is none"] = (Wire.Answer(200, Wire.Models, "Content-Encoding: identity"), Verdict.Accepted, VerdictReason.Ok),
        ["a body in an error of the server"] = (Wire.Answer(503, Wire.InvalidKey), Verdict.Inconclusive, VerdictReason.ProviderError),
        ["a proxy that wants credentials"] = (Wire.Answer(407, Wire.InvalidKey), Verdict.Inconclusive, VerdictReason.EdgeBlocked),
        ["the key in the body of a bad-key answer"] =
            (Wire.Answer(401, $$$"""{"error":{"code":"invalid_api_key","message":"no such key {{{s_key.Text}}}"}}"""), Verdict.Rejected, VerdictReason.Invalid),
        ["the key in the reason phrase"] = (Wire.Answer(401, Wire.InvalidKey).Replace("Reason", s_key.Text, StringComparison.Ordinal), Verdict.Rejected, VerdictReason.Invalid),
        ["the key in headers"] = (Wire.Answer(429, "", $"Retry-After: {s_key.Text}", $"X-Echo: {s_key.Text}", $"Date: {s_key.Text}"), Verdict.Inconclusive, VerdictReason.Throttled),
        ["the key as a header's name"] = (Wire.Answer(200, Wire.Models, $"{s_key.Text}: x"), Verdict.Accepted, VerdictReason.Ok),
        ["the key as a model's name"] = (Wire.Answer(200, $$"""{"data":[{"id":"{{s_key.Text}}"}]}"""), Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["the key where the status belongs"] = ($"HTTP/1.1 {s_key.Text} OK\r\n\r\n", Verdict.Inconclusive, VerdictReason.UnexpectedBody),
        ["the key where a chunk size belongs"] = (Chunked + $"{s_key.Text}\r\n", Verdict.Inconclusive, VerdictReason.UnexpectedBody),
    };

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Rows))]
    public async Task Probe_HostileAnswer_ProvesNoMoreThanItMay(string row)
    {
        var (answer, verdict, reason) = s_rows[row];
        using var proving = new Proving(key: s_key);
        await using var server = HostileServer.Start(connection => connection.AnswerAsync(answer));

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Verdict.ShouldBe(verdict);
        result.Verdict.Reason.ShouldBe(reason);
        proving.ShouldNotShow(result);
        s_key.ShouldBeAbsentFrom(string.Concat(server.Requests.Select(request => request.Split('\r')[0])));
    }
}
