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

    private static readonly Dictionary<string, (string Answer, VerdictReason Reason)> s_rows = new()
    {
        ["the documented good answer"] = (Wire.Answer(200, Wire.Models), VerdictReason.Ok),
        ["the documented bad-key answer"] = (Wire.Answer(401, Wire.InvalidKey), VerdictReason.Invalid),
        ["a good answer in chunks"] = (Chunked + "1b\r\n" + Wire.Models + "\r\n0\r\n\r\n", VerdictReason.Ok),
        ["interim answers before the final one"] =
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + Wire.Answer(200, Wire.Models), VerdictReason.Ok),
        ["closed before anything"] = ("", VerdictReason.Network),
        ["closed within the status line"] = ("HTTP/1.1 40", VerdictReason.Network),
        ["closed within the headers"] = ("HTTP/1.1 401 Unauthorized\r\nContent-", VerdictReason.Network),
        ["closed within the body"] = (Wire.Answer(401, Wire.InvalidKey)[..^5], VerdictReason.Network),
        ["closed within a chunk"] = (Chunked + "ff\r\n{\"data\":[]}", VerdictReason.Network),
        ["a chunk size that is none"] = (Chunked + "zz\r\n{\"data\":[]}\r\n0\r\n\r\n", VerdictReason.UnexpectedBody),
        ["an empty body"] = (Wire.Answer(200), VerdictReason.UnexpectedBody),
        ["401 with an empty body"] = (Wire.Answer(401), VerdictReason.UnexpectedBody),
        ["a captive portal's page"] = (Wire.Answer(200, "<html>Sign in</html>"), VerdictReason.UnexpectedBody),
        ["bytes that are not UTF-8"] =
            (Wire.Answer(200, "{\"data\":[{\"id\":\"\xff\xfe\"}]}"), VerdictReason.UnexpectedBody),
        ["JSON of another shape"] = (Wire.Answer(200, """{"data":{"id":7}}"""), VerdictReason.UnexpectedBody),
        ["a member that the adapter trips over"] =
            (Wire.Answer(200, """{"data":[{"id":7}]}"""), VerdictReason.UnexpectedBody),
        ["JSON nested too deep"] = (Wire.Answer(200, new string('[', 100_000)), VerdictReason.UnexpectedBody),
        ["no HTTP at all"] = ("SSH-2.0-OpenSSH_9.9\r\n", VerdictReason.UnexpectedBody),
        ["HTTP/0.9"] = ("<html>hello</html>\n", VerdictReason.UnexpectedBody),
        ["headers beyond measure"] =
            (Wire.Answer(200, Wire.Models, "X-Filler: " + new string('x', 40_000)), VerdictReason.TooLarge),
        ["an error body beyond the cap"] =
            (Wire.Answer(401, Wire.InvalidKey + new string(' ', 70_000)), VerdictReason.TooLarge),
        ["a gzip bomb"] = (Wire.Answer(200, "\x1f\x8b\x08", "Content-Encoding: gzip"), VerdictReason.UnexpectedBody),
        ["gzip that does not say so"] = (Wire.Answer(200, "\x1f\x8b\x08\x00\x00"), VerdictReason.UnexpectedBody),
        ["an identity encoding, which is none"] =
            (Wire.Answer(200, Wire.Models, "Content-Encoding: identity"), VerdictReason.Ok),
        ["a body in an error of the server"] = (Wire.Answer(503, Wire.InvalidKey), VerdictReason.ProviderError),
        ["a proxy that wants credentials"] = (Wire.Answer(407, Wire.InvalidKey), VerdictReason.EdgeBlocked),
        ["the key in the body of a bad-key answer"] =
            (Wire.Answer(401, $$$"""{"error":{"code":"invalid_api_key","message":"no such key {{{s_key.Text}}}"}}"""), VerdictReason.Invalid),
        ["the key in the reason phrase"] =
            (Wire.Answer(401, Wire.InvalidKey).Replace("Reason", s_key.Text, StringComparison.Ordinal), VerdictReason.Invalid),
        ["the key in headers"] =
            (Wire.Answer(429, "", $"Retry-After: {s_key.Text}", $"Date: {s_key.Text}"), VerdictReason.Throttled),
        ["the key as a header's name"] = (Wire.Answer(200, Wire.Models, $"{s_key.Text}: x"), VerdictReason.Ok),
        ["the key as a model's name"] =
            (Wire.Answer(200, $$"""{"data":[{"id":"{{s_key.Text}}"}]}"""), VerdictReason.UnexpectedBody),
        ["the key where the status belongs"] = ($"HTTP/1.1 {s_key.Text} OK\r\n\r\n", VerdictReason.UnexpectedBody),
        ["the key where a chunk size belongs"] = (Chunked + $"{s_key.Text}\r\n", VerdictReason.UnexpectedBody),
    };

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    [Theory(Timeout = 300_000)]
    [MemberData(nameof(Rows))]
    public async Task Probe_HostileAnswer_ProvesNoMoreThanItMay(string row)
    {
        var (answer, reason) = s_rows[row];
        using var proving = new Proving(key: s_key);
        await using var server = HostileServer.Start(connection => connection.AnswerAsync(answer));

        var result = await proving.ProbeAsync(server.Url);

        result.Verdict.Verdict.ShouldBe(VerdictOf(reason));
        result.Verdict.Reason.ShouldBe(reason);
        proving.ShouldNotShow(result);
        s_key.ShouldBeAbsentFrom(string.Concat(server.Requests.Select(request => request.Split('\r')[0])));
    }

    private static Verdict VerdictOf(VerdictReason reason) => reason switch
    {
        VerdictReason.Ok => Verdict.Accepted,
        VerdictReason.Invalid => Verdict.Rejected,
        _ => Verdict.Inconclusive,
    };
}
