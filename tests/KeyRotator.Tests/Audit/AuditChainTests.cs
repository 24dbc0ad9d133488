using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Audit;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Audit;

/// <summary>Whatever is done to a recorded row shows.</summary>
public sealed class AuditChainTests
{
    private static readonly Gen<string> s_text = Gen.Elements("", "-", "k", "1:k,", "é", "rotation.step", "a,b", "0");

    private static readonly Func<AuditRow, AuditRow>[] s_changes =
    [
        row => row with { Sequence = row.Sequence + 1 },
        row => row with { Ticks = row.Ticks - 1 },
        row => row with { Actor = row.Actor + "x" },
        row => row with { How = row.How + "x" },
        row => row with { Act = row.Act + "x" },
        row => row with { TargetKind = row.TargetKind + "x" },
        row => row with { Target = row.Target + "x" },
        row => row with { Rotation = row.Rotation is null ? 0 : null },
        row => row with { Reason = row.Reason is null ? "" : null },
        row => row with { Outcome = row.Outcome + "x" },
        row => row with { OldFingerprint = row.OldFingerprint is null ? "" : null },
        row => row with { NewFingerprint = row.NewFingerprint is null ? "" : null },
        row => row with { CheckpointSequence = row.CheckpointSequence is null ? 0 : null },
        row => row with { CheckpointHash = row.CheckpointHash is null ? "" : null },
        row => row with { Hash = new string('1', 64) },
        row => row with { Actor = row.How, How = row.Actor },
        row => row with { Reason = row.Outcome, Outcome = row.Reason ?? "" },
    ];

    private static readonly Arbitrary<(AuditRow[] Rows, int Row, int Other, int Change)> s_cases =
        (from entries in Entry().NonEmptyListOf()
         let rows = Chain(entries)
         from row in Gen.Choose(0, rows.Length - 1)
         from other in Gen.Choose(0, rows.Length - 1)
         from change in Gen.Choose(0, s_changes.Length - 1)
         select (rows, row, other, change)).ToArbitrary();

    /// <summary>Every member but the number itself, which a gap shows.</summary>
    [Fact]
    public void Changes_Known_CoverEveryMember() =>
        s_changes.Length.ShouldBeGreaterThanOrEqualTo(typeof(AuditRow).GetProperties().Count(property => property.CanWrite));

    [Fact]
    public void Walk_AsRecorded_IsWholeAndEveryHeadHolds() => Prop.ForAll(s_cases, one =>
    {
        var head = new AuditHead(one.Rows[one.Row].Sequence, one.Rows[one.Row].Hash);
        return Walk(one.Rows, head).Proof == AuditProof.WholeAndHeadHolds && Walk(one.Rows, null).Proof == AuditProof.Whole;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Walk_AnyMemberChanged_NamesThatRow() => Prop.ForAll(s_cases, one =>
    {
        var changed = s_changes[one.Change](one.Rows[one.Row]);
        AuditRow[] rows = [.. one.Rows.Select((row, index) => index == one.Row ? changed : row)];
        return changed == one.Rows[one.Row] || Walk(rows, null) is { Proof: AuditProof.Broken, At: { } at } && at == one.Row + 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Walk_RowRemoved_NamesItWhereItWas() => Prop.ForAll(s_cases, one =>
    {
        var head = new AuditHead(one.Rows[^1].Sequence, one.Rows[^1].Hash);
        AuditRow[] rows = [.. one.Rows.Where((_, index) => index != one.Row)];
        return Walk(rows, head) is { Proof: AuditProof.Broken, At: { } at } && at == one.Row + 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Walk_RowsExchanged_IsBrokenAtTheFirst() => Prop.ForAll(s_cases, one =>
    {
        var (first, second) = (Math.Min(one.Row, one.Other), Math.Max(one.Row, one.Other));
        AuditRow[] rows = [.. one.Rows];
        rows[first] = one.Rows[second] with { Sequence = one.Rows[first].Sequence };
        rows[second] = one.Rows[first] with { Sequence = one.Rows[second].Sequence };
        return first == second || Walk(rows, null).At == first + 1;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Walk_EverythingMadeAnew_IsWholeButForAHeadFromBefore() => Prop.ForAll(s_cases, one =>
    {
        var rows = Chain([.. one.Rows.Select((row, index) => Entry(row, index == one.Row ? "somebody@else" : row.Actor))]);
        var head = new AuditHead(one.Rows[^1].Sequence, one.Rows[^1].Hash);
        return Walk(rows, null).Proof == AuditProof.Whole && Walk(rows, head) is { Proof: AuditProof.Broken, At: { } at }
            && at == rows.Length;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Link_DocumentedForm_IsThis() => AuditChain.Link(
        new AuditRow
        {
            Sequence = 7,
            Ticks = 639000000000000000,
            Actor = "ops@häuschen",
            How = "rotate",
            Act = AuditActs.RotationOpened,
            TargetKind = AuditActs.Key,
            Target = "mistral-prod",
            Rotation = 3,
            Outcome = "Submitted",
            NewFingerprint = "3f2a9c01b7de",
        },
        AuditChain.Start).ShouldBe("fcce7e110db346bbe49520a299a7451c36c4feda0a6b569e165e4556ed77fb14");

    [Theory]
    [InlineData(4, "WholeAndHeadHolds")]
    [InlineData(3, "WholeAndHeadHolds")]
    [InlineData(2, "HeadIsGone")]
    public void Walk_BehindACheckpoint_BeginsThere(int given, string proof)
    {
        var rows = Chain([.. Enumerable.Range(0, 5).Select(_ => Entry("k", null))]);
        var walk = new AuditWalk(HeadOf(rows[2]), HeadOf(rows[given - 1]));

        Array.ForEach(rows[3..], walk.Next);

        walk.Finish().ToString().ShouldBe(proof);
    }

    [Fact]
    public void Walk_AnotherCheckpoint_IsBroken()
    {
        var rows = Chain([.. Enumerable.Range(0, 5).Select(_ => Entry("k", null))]);
        var walk = new AuditWalk(new AuditHead(3, rows[1].Hash), null);

        Array.ForEach(rows[3..], walk.Next);

        (walk.Finish(), walk.Break?.Sequence).ShouldBe((AuditProof.Broken, 4));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("7", "no hash")]
    [InlineData("0:H", "rows begin at 1")]
    [InlineData("-1:H", "a sign")]
    [InlineData(" 7:H", "a space")]
    [InlineData("99999999999999999999:H", "too large")]
    [InlineData("7:H:", "a second colon")]
    [InlineData("7:0f", "short")]
    [InlineData("7:Hg", "long, and no digit")]
    [InlineData("H:7", "the wrong way round")]
    public void Parse_NoHead_IsRefused(string text, string why) =>
        AuditHead.TryParse(text.Replace("H", new string('a', 64), StringComparison.Ordinal), out _).ShouldBeFalse(why);

    [Fact]
    public void Parse_WhatIsPrinted_IsTheSame()
    {
        var head = new AuditHead(12, new string('a', 64));

        AuditHead.TryParse(head.ToString().ToUpperInvariant(), out var read).ShouldBeTrue();
        read.ShouldBe(head);
    }

    private static Gen<AuditEntry> Entry() =>
        from target in s_text
        from reason in Gen.OneOf(s_text.Select(text => (string?)text), Gen.Constant((string?)null))
        select Entry(target, reason);

    private static AuditEntry Entry(string target, string? reason) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Actor = new("ops@host", "rotate"),
        Act = AuditActs.RotationStep,
        TargetKind = AuditActs.Key,
        Target = target,
        Reason = reason,
    };

    private static AuditEntry Entry(AuditRow row, string actor) => Entry(row.Target, row.Reason) with { Actor = new(actor, row.How) };

    private static AuditRow[] Chain(IReadOnlyList<AuditEntry> entries)
    {
        var rows = new List<AuditRow>();
        foreach (var entry in entries)
        {
            rows.Add(AuditRow.Of(entry, rows is [.., var last] ? HeadOf(last) : null));
        }

        return [.. rows];
    }

    private static AuditHead HeadOf(AuditRow row) => new(row.Sequence, row.Hash);

    private static (AuditProof Proof, long? At) Walk(AuditRow[] rows, AuditHead? head)
    {
        var walk = new AuditWalk(null, head);
        Array.ForEach(rows, walk.Next);
        return (walk.Finish(), walk.Break?.Sequence);
    }
}
