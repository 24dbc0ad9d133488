using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Expiry;
using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Expiry;

/// <summary>What holds for every ladder and every order of statements.</summary>
public sealed class ExpiryPropertyTests
{
    private static readonly DateTimeOffset s_expiry = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Arbitrary<int[]> s_ladders = Gen.Choose(0, 60).NonEmptyListOf()
        .Select(days => days.Distinct().OrderDescending().ToArray()).ToArbitrary();

    private static readonly Arbitrary<(DateOnly Day, string Value)[]> s_edits =
        (from day in Gen.Choose(0, 40) from value in Gen.Elements("one", "one", "one", "two") select (new DateOnly(2027, 1, 1).AddDays(day), value)).ArrayOf().ToArbitrary();

    [Fact]
    public void Claim_AsTimeGoesBy_ReachesEachRungOnceAndInOrder() =>
        Prop.ForAll(s_ladders, days =>
        {
            var rungs = Hours(80).Select(now => ExpiryLadder.Claim(Status(), Key(days), now)?.Rung).OfType<int>().ToList();
            return rungs.SequenceEqual(rungs.OrderDescending()) && rungs.Distinct().SequenceEqual(days.Where(day => day > 0));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Claim_AsTimeGoesBy_NeverGrowsLessSevereAndNeverFallsSilent() =>
        Prop.ForAll(s_ladders, days =>
        {
            var claims = Hours(80).Select(now => ExpiryLadder.Claim(Status(), Key(days), now)).SkipWhile(claim => claim is null).ToList();
            return claims.All(claim => claim is not null)
                && claims.Zip(claims.Skip(1), (one, next) => next!.Severity >= one!.Severity).All(grows => grows);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_AnyEditsOfTheFile_NeverPutADeathOff() =>
        Prop.ForAll(s_edits, edits =>
        {
            var statuses = Play(edits);
            return statuses.Zip(statuses.Skip(1), (before, after) =>
                after.Version > before.Version || before.ExpiresAt is null || after.ExpiresAt <= before.ExpiresAt).All(holds => holds);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_AnyEditsOfTheFile_TheStrictestOfAVersionRules() =>
        Prop.ForAll(s_edits, edits => Play(edits).GroupBy(status => status.Version).All(version =>
            version.Last().ExpiresAt == version.Min(status => status.ExpiresAt)
                && version.All(status => !(status.WaitingExpiry <= status.ExpiresAt))))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(-1, 14, "rotateBefore ahead of a known expiry")]
    [InlineData(-200, 90, "rotateEvery from first sight where that is earlier")]
    public void RotationDueAt_ExpiryAndAge_IsTheEarlier(int seenDaysBefore, int daysBack, string why)
    {
        var seen = s_expiry.AddDays(seenDaysBefore);
        var status = Status() with { FirstSeenAt = seen };

        DueDates.RotationDueAt(status, KeyPolicy.Default).ShouldBe(daysBack == 14 ? s_expiry.AddDays(-14) : seen.AddDays(90), why);
    }

    [Fact]
    public void RotationDueAt_FarthestTimes_DoNotOverflow()
    {
        var policy = KeyPolicy.Default with { RotateEvery = TimeSpan.MaxValue, RotateBefore = TimeSpan.MaxValue };
        var status = Status() with { ExpiresAt = DateTimeOffset.MaxValue, FirstSeenAt = DateTimeOffset.MaxValue };

        Should.NotThrow(() => DueDates.RotationDueAt(status, policy));
        DueDates.OverdueAt(status, policy).ShouldBeNull();
    }

    private static List<KeyStatus> Play((DateOnly Day, string Value)[] edits)
    {
        var (statuses, hour) = (new List<KeyStatus>(), 0);
        foreach (var (day, value) in edits)
        {
            var key = A.Key() with { Expires = new ExpiryStatement(day, null) };
            var observation = Seen.Accepted(key, Seen.Start.AddHours(hour++), value);
            statuses.Add(KeyAssessment.Assess(statuses.LastOrDefault(), observation, Seen.Context(), observation.At).Status);
        }

        return statuses;
    }

    private static IEnumerable<DateTimeOffset> Hours(int days) =>
        Enumerable.Range(0, days * 24).Select(hour => s_expiry.AddDays(-days + 10).AddHours(hour));

    private static ManagedKey Key(int[] days) =>
        A.Key(policy: KeyPolicy.Default with { WarnBefore = [.. days.Select(day => TimeSpan.FromDays(day))] });

    private static KeyStatus Status() =>
        new() { KeyId = A.Key().Id, Provider = "mistral", Version = 1, ExpiresAt = s_expiry, ExpirySource = ExpirySource.Declared };
}
