using KeyRotator.Cli.Output;
using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class FindingListTests
{
    private static readonly Finding s_rejected = Sample.Rejected().Findings[0];

    [Fact]
    public void Write_Terminal_WrapsUnderTheText() =>
        List(new Shell { IsTerminal = true, Environment = { ["NO_COLOR"] = "1" } }, s_rejected).ShouldBe("""
            CRITICAL  openai-ci: KeyRejected, since 1h. OpenAI says twice that the key is
                      invalid. Replace it: keyrotator rotate openai-ci.

            """);

    [Fact]
    public void Write_Piped_IsOneLineEach() =>
        List(new Shell(), s_rejected).ShouldBe($"CRITICAL  openai-ci: KeyRejected, since 2026-11-21 08:30:00Z. {s_rejected.Message}\n");

    [Fact]
    public void Write_OtherSubjects_AreNamedByKind()
    {
        var subject = FindingSubject.Store("prod-aws");
        var finding = Sample.Finding(FindingReason.StoreUnavailable, Severity.Warning, subject, "It does not answer.");

        List(new Shell(), finding).ShouldStartWith("WARNING   store prod-aws: StoreUnavailable");
    }

    [Fact]
    public void Write_HeldBack_SaysUntilWhenAndWhy() =>
        List(new Shell(), s_rejected with { HeldUntil = Sample.Now.AddMinutes(30) })
            .ShouldContain("Held back until 2026-11-21 10:30:00Z: an outage explains it.");

    private static string List(Shell shell, params Finding[] findings)
    {
        using (shell)
        {
            new FindingList(shell.Context, Sample.Attention, Sample.Now).Write(findings);
            return shell.Out;
        }
    }
}
