using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Findings;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Findings;

public sealed class FindingLedgerTests
{
    private static readonly Gen<FindingKey> s_key =
        from reason in Gen.Elements(FindingReason.KeyExpiring, FindingReason.KeyRejected, FindingReason.ModelMissing)
        from version in Gen.Choose(1, 2)
        from mark in Gen.Elements("", "a", "b")
        select new FindingKey(FindingSubject.Key("k"), reason, version, mark);

    private static readonly Gen<FindingClaim> s_claim =
        from key in s_key
        from severity in Gen.Elements(Enum.GetValues<Severity>())
        from rung in Gen.Elements<int?>(null, 1, 7, 30)
        select Claim(key, severity, rung);

    private static readonly Arbitrary<(Finding[] Open, FindingClaim[] Claims)> s_any =
        (from open in s_claim.ArrayOf()
         from claims in s_claim.ArrayOf()
         select (Distinct(open).Select(Open).ToArray(), Distinct(claims))).ToArbitrary();

    [Theory]
    [InlineData(Severity.Warning, null, Severity.Warning, null, FindingChangeKind.Kept, "the same")]
    [InlineData(Severity.Warning, null, Severity.Critical, null, FindingChangeKind.Escalated, "severity grew")]
    [InlineData(Severity.Critical, null, Severity.Warning, null, FindingChangeKind.Kept, "less severe is nothing to call for")]
    [InlineData(Severity.Warning, 30, Severity.Warning, 14, FindingChangeKind.RungReached, "a lower rung")]
    [InlineData(Severity.Warning, 14, Severity.Critical, 7, FindingChangeKind.RungReached, "a lower rung tells of its severity too")]
    [InlineData(Severity.Warning, 7, Severity.Warning, 14, FindingChangeKind.Kept, "back up the ladder: a clock set back or an edit")]
    [InlineData(Severity.Warning, null, Severity.Warning, 7, FindingChangeKind.Kept, "no rung before")]
    public void Compare_OpenAndClaimed_IsThatChange(
        Severity before, int? rungBefore, Severity now, int? rungNow, FindingChangeKind expected, string why)
    {
        var key = new FindingKey(FindingSubject.Key("k"), FindingReason.KeyExpiring, 1, "");

        var change = FindingLedger.Compare([Open(Claim(key, before, rungBefore), 0)], [Claim(key, now, rungNow)]).ShouldHaveSingleItem();

        change.Kind.ShouldBe(expected, why);
    }

    [Fact]
    public void Compare_Any_HasEachFindingOnce() =>
        ForAny((open, _, changes) => changes.Select(change => change.Finding).OfType<Finding>().SequenceEqual(open));

    [Fact]
    public void Compare_Any_HasEachClaimOnce() =>
        ForAny((_, claims, changes) => changes.Select(change => change.Claim).OfType<FindingClaim>().OrderBy(Order).SequenceEqual(claims.OrderBy(Order)));

    [Fact]
    public void Compare_Any_OpensAndResolvesExactlyWhatDiffers() =>
        ForAny((open, claims, changes) => changes.All(change => change.Kind switch
        {
            FindingChangeKind.Opened => change.Finding is null && open.All(finding => finding.Key != change.Claim!.Key),
            FindingChangeKind.Resolved => change.Claim is null && claims.All(claim => claim.Key != change.Finding!.Key),
            _ => change.Finding!.Key == change.Claim!.Key,
        }));

    [Fact]
    public void Compare_WhatWasJustWritten_KeepsAll() =>
        ForAny(
            (_, claims, _) => FindingLedger.Compare([.. claims.Select(Open)], claims).All(change => change.Kind is FindingChangeKind.Kept));

    private static void ForAny(Func<Finding[], FindingClaim[], IReadOnlyList<FindingChange>, bool> holds) =>
        Prop.ForAll(s_any, input => holds(input.Open, input.Claims, FindingLedger.Compare(input.Open, input.Claims)))
            .QuickCheckThrowOnFailure();

    private static string Order(FindingClaim claim) => claim.Key.ToString();

    private static FindingClaim[] Distinct(IEnumerable<FindingClaim> claims) => [.. claims.DistinctBy(claim => claim.Key)];

    private static FindingClaim Claim(FindingKey key, Severity severity, int? rung) =>
        new() { Key = key, Severity = severity, Message = "m", Rung = rung };

    private static Finding Open(FindingClaim claim, int id) =>
        new() { Id = id, Key = claim.Key, Severity = claim.Severity, Message = claim.Message, Rung = claim.Rung, OpenedAt = Seen.Start };
}
