using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class NegativeControlTests
{
    private static readonly InstanceStatus s_fresh = new() { Provider = "mistral" };

    public static TheoryData<string> Kinds => [.. KeyProviders.All.Select(provider => provider.Kind)];

    [Theory]
    [InlineData(null, true, "never done")]
    [InlineData(0, false, "just done")]
    [InlineData(24 * 3_600 - 1, false, "a second before a day")]
    [InlineData(24 * 3_600, true, "daily, half-open")]
    [InlineData(-60, true, "an answer from the future is none: the clock was set back")]
    public void IsDue_LastControl_Is(int? secondsAgo, bool isDue, string why)
    {
        var status = s_fresh with { ControlAt = secondsAgo is { } ago ? Seen.Start.AddSeconds(-ago) : null };

        NegativeControl.IsDue(status, Seen.Start).ShouldBe(isDue, why);
    }

    [Theory]
    [InlineData("mistral", true, true, true, "an instance that is probed")]
    [InlineData("mistral", false, true, false, "control: off")]
    [InlineData("mistral", true, false, false, "probe: none")]
    [InlineData("anyscale", true, true, false, "retired: nothing is sent")]
    public void IsNeeded_Instance_Is(string kind, bool control, bool probe, bool isNeeded, string why)
    {
        var instance = A.Instance(kind) with { Control = control, Probe = probe };

        NegativeControl.IsNeeded(instance, KeyProviders.Find(kind)!).ShouldBe(isNeeded, why);
    }

    [Theory]
    [InlineData(Verdict.Accepted, VerdictReason.Ok, 200, true, true, "nothing that it accepts counts")]
    [InlineData(Verdict.Accepted, VerdictReason.Restricted, 403, true, true, "a reservation is an acceptance")]
    [InlineData(Verdict.Rejected, VerdictReason.Invalid, 401, true, false, "as it should be")]
    [InlineData(Verdict.Inconclusive, VerdictReason.UnexpectedBody, 403, true, false, "anything but Accepted will do")]
    [InlineData(Verdict.Inconclusive, VerdictReason.Throttled, 429, false, false, "throttled before the key was looked at")]
    [InlineData(Verdict.Inconclusive, VerdictReason.ProviderError, 500, true, false, "some gateways answer a made-up key so")]
    [InlineData(Verdict.Inconclusive, VerdictReason.Network, null, false, false, "no answer")]
    public void Record_Answer_IsKeptWhere(Verdict verdict, VerdictReason reason, int? status, bool isKept, bool isAccepted, string why)
    {
        var result = new ProbeResult(new ProbeVerdict { Verdict = verdict, Reason = reason }, status, Seen.Start, null, null);

        var after = NegativeControl.Record(s_fresh, result);

        after.ControlAt.HasValue.ShouldBe(isKept, why);
        after.ControlAccepted.ShouldBe(isAccepted, why);
    }

    [Fact]
    public void Record_RefusedAfterAccepted_TrustsAgain()
    {
        var refused = new ProbeResult(ProbeVerdict.Rejected(VerdictReason.Invalid, null), 401, Seen.Start, null, null);

        NegativeControl.Record(s_fresh with { ControlAccepted = true }, refused).ControlAccepted.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void MakeKey_EachProvider_IsWellFormedAndAnotherEachTime(string kind)
    {
        var (provider, random) = (KeyProviders.Find(kind)!, new Random(7));

        var (one, other) = (NegativeControl.MakeKey(provider, random), NegativeControl.MakeKey(provider, random));

        Seen.FingerprintOf(one.Reveal()).ShouldNotBe(Seen.FingerprintOf(other.Reveal()));
        SecretInspection.Inspect(one).ShouldBe(SecretDefect.None);
    }
}
