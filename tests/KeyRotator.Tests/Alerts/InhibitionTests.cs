using KeyRotator.Alerts;
using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class InhibitionTests
{
    private static readonly DateTimeOffset s_now = AnAlert.At;

    [Theory]
    [InlineData(FindingReason.ProviderOutage, "mistral", FindingReason.KeyUnverified, true)]
    [InlineData(FindingReason.ProviderOutage, "mistral", FindingReason.WrongEndpoint, true)]
    [InlineData(FindingReason.ProviderOutage, "openai", FindingReason.KeyUnverified, false)] // another provider's
    [InlineData(FindingReason.ProviderOutage, "mistral", FindingReason.KeyExpiring, false)] // the clock's word
    [InlineData(FindingReason.ProviderOutage, "mistral", FindingReason.KeyRejected, false)] // the outage guard's
    [InlineData(FindingReason.ProviderOutage, "mistral", FindingReason.SecretMissing, false)] // the store's word
    [InlineData(FindingReason.StoreUnavailable, "local", FindingReason.KeyUnverified, true)]
    [InlineData(FindingReason.StoreUnavailable, "local", FindingReason.SecretMissing, true)]
    [InlineData(FindingReason.StoreUnavailable, "local", FindingReason.LocationDrift, true)]
    [InlineData(FindingReason.StoreUnavailable, "other", FindingReason.SecretMissing, false)]
    [InlineData(FindingReason.StoreUnavailable, "local", FindingReason.KeyRejected, false)] // the provider's word
    [InlineData(FindingReason.KeyRejected, "mistral", FindingReason.KeyUnverified, false)] // no cause of others
    public void HoldsBack_ByCause(FindingReason cause, string subject, FindingReason reason, bool isHeldBack) =>
        Inhibition.HoldsBack(Of(reason), [Cause(cause, subject)], s_now).ShouldBe(isHeldBack);

    [Fact]
    public void HoldsBack_NoCause_IsTold() => Inhibition.HoldsBack(Of(FindingReason.KeyUnverified), [], s_now).ShouldBeFalse();

    [Theory]
    [InlineData(AlertKind.Resolved)]
    [InlineData(AlertKind.Withdrawn)]
    public void HoldsBack_ItsEnd_IsTold(AlertKind kind) =>
        Inhibition.HoldsBack(Of(FindingReason.KeyUnverified) with { Kind = kind }, [Outage], s_now).ShouldBeFalse();

    [Fact]
    public void HoldsBack_FoundLongBeforeTheOutage_IsTold() =>
        Inhibition.HoldsBack(
            Of(FindingReason.KeyUnverified) with { OpenedAt = s_now - Inhibition.SamePass - TimeSpan.FromTicks(1) }, [Outage], s_now)
            .ShouldBeFalse();

    [Theory]
    [InlineData(Severity.Warning, 600, true)]
    [InlineData(Severity.Critical, 29, true)]
    [InlineData(Severity.Critical, 30, false)]
    public void HoldsBack_WhatIsCritical_NotForLong(Severity severity, int minutes, bool isHeldBack) =>
        Inhibition.HoldsBack(Of(FindingReason.KeyUnverified) with { Severity = severity }, [Outage], s_now.AddMinutes(minutes))
            .ShouldBe(isHeldBack);

    [Fact]
    public void HoldsBack_AgeOfADeadKey_WaitsAsLongAsItIsDead() =>
        Inhibition.HoldsBack(Of(FindingReason.KeyExpiring) with { IsOutlived = true }, [], s_now.AddDays(9)).ShouldBeTrue();

    private static Finding Outage => Cause(FindingReason.ProviderOutage, "mistral");

    private static Finding Cause(FindingReason reason, string subject) => new()
    {
        Id = 1,
        Key = new(
            reason is FindingReason.StoreUnavailable ? FindingSubject.Store(subject) : FindingSubject.Provider(subject), reason, 0, ""),
        Severity = Severity.Warning,
        Message = "It does not answer.",
        OpenedAt = s_now,
    };

    private static GatheredMessage Of(FindingReason reason) => new()
    {
        Sequence = 1,
        Finding = 2,
        Id = "msg_1",
        Kind = AlertKind.Trigger,
        Severity = Severity.Critical,
        Reason = reason,
        OpenedAt = s_now,
        Provider = "mistral",
        Store = "local",
    };
}
