using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.Tests.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class RunbookTemplateTests
{
    private const string Everything = "https://docs.example/{provider}/{environment}/{owner}/{key}#{reason}";

    [Fact]
    public void Fill_Names_ArePercentEncoded() =>
        Fill("team/a b?c#d").ShouldBe("https://docs.example/mistral/prod/S%C3%BCd%20%26%20Co/team%2Fa%20b%3Fc%23d#KeyRejected");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")] // it would lead out of the folder
    public void Fill_NothingToName_IsADash(string? environment) =>
        RunbookTemplate.Parse("https://docs.example/{environment}/{reason}").Fill(FindingReason.AuditBroken, "audit", null, environment, null)
            .ShouldBe("https://docs.example/-/AuditBroken");

    [Fact]
    public void Fill_AnyNames_StaysOnTheHostWithoutQuery() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), ArbMap.Default.ArbFor<string?>(), (key, owner) =>
        {
            var link = new Uri(RunbookTemplate.Parse(Everything).Fill(FindingReason.KeyExpired, key ?? "", "p", "e", owner));
            return link is { Scheme: "https", Host: "docs.example", Query: "", UserInfo: "", Fragment: "#KeyExpired", Segments.Length: 5 };
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("https://docs.example")] // one page for all
    [InlineData("https://docs.example:8443/{reason}")]
    [InlineData("https://docs.example/wiki/Keys_(LLM)/{reason}.md")]
    public void Complain_GoodTemplate_IsNull(string template) => RunbookTemplate.Complain(template).ShouldBeNull();

    [Theory]
    [InlineData("https://docs.example/{reson}", "known placeholders are {reason}, {key}, {provider}, {environment} and {owner}")]
    [InlineData("https://docs.example/{}", "known placeholders")]
    [InlineData("https://docs.example/{Reason}", "known placeholders")]
    [InlineData("https://docs.example/{reason", "not closed, or not opened")]
    [InlineData("https://docs.example/reason}", "not closed, or not opened")]
    [InlineData("https://docs.example/{{reason}}", "not closed, or not opened")]
    [InlineData("http://docs.example/{reason}", "begin with `https://`")]
    [InlineData("docs.example/{reason}", "begin with `https://`")]
    [InlineData("https://docs.example/?reason={reason}", "query string")]
    [InlineData("https://docs.example/#a?b", "query string")]
    [InlineData("https://user:pass@docs.example/{reason}", "user info")]
    [InlineData("https://{owner}.docs.example/", "behind the host")]
    [InlineData("https://docs.example:{key}/", "behind the host")]
    [InlineData("https://docs.example/a b", "percent-encoded")]
    [InlineData("https://docs.example/ä", "percent-encoded")]
    [InlineData("https://docs.example\\@evil.example/", "user info")]
    [InlineData("https:///{reason}", "percent-encoded")]
    [InlineData("https://docs.example/\n", "percent-encoded")]
    [InlineData("https://docs.example:99999/", "host or port")]
    public void Complain_BadTemplate_SaysWhatIsWrongWithoutQuotingIt(string template, string words)
    {
        var complaint = RunbookTemplate.Complain(template).ShouldNotBeNull();

        complaint.ShouldContain(words);
        complaint.ShouldNotContain("docs.example");
        Should.Throw<FormatException>(() => RunbookTemplate.Parse(template)).Message.ShouldBe(complaint);
    }

    [Fact]
    public void Facts_OfAKeyAndOfAStore_HaveTheirLink()
    {
        var settings = SettingsFolder.Good("""
            stores: { env: { kind: env } }
            keys: { team/a: { provider: mistral, environment: prod, owner: x, locations: [{ store: env, name: A }] } }
            alerts: { runbook: "https://docs.example/{owner}/{key}#{reason}" }
            """);
        var findings = new FindingWriter(settings, new Inventory(settings.Keys), "installation");
        var terms = new FindingTerms { At = AnAlert.At };

        findings.Facts(new(FindingSubject.Key("team/a"), FindingReason.KeyRejected, 1, ""), terms).RunbookUrl
            .ShouldBe("https://docs.example/x/team%2Fa#KeyRejected");
        findings.Facts(new(FindingSubject.Store("env"), FindingReason.StoreUnavailable, 0, ""), terms).RunbookUrl
            .ShouldBe("https://docs.example/-/env#StoreUnavailable");
    }

    private static string Fill(string key) =>
        RunbookTemplate.Parse(Everything).Fill(FindingReason.KeyRejected, key, "mistral", "prod", "Süd & Co");
}
