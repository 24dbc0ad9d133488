using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Ledger;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>From what a receiver was told to what it is to be told.</summary>
public sealed class StateChangeTests
{
    private static readonly Dictionary<string, DateTimeOffset> s_noEnds = [];

    [Fact]
    public void Between_ManyOfOneIdentity_NameTheFirstThreeAndCountTheRest()
    {
        var findings = Enumerable.Range(1, 5).Select(number => AnAlert.Finding() with
        {
            Id = $"fnd_{number}",
            Message = $"Place {number}.",
            OpenedAt = AnAlert.At.AddMinutes(number),
        });

        var told = Between([], findings.Reverse(), AnAlert.At.AddHours(1)).Firing.ShouldHaveSingleItem();

        (told.Message, told.OpenedAt, told.Id).ShouldBe(("Place 1. Place 2. Place 3. And 2 more.", AnAlert.At.AddMinutes(1), "fnd_1"));
    }

    [Fact]
    public void Between_NothingChanged_HasNoNews()
    {
        var told = new ToldState("mistral-prod", AnAlert.Finding(), null);

        Between([told], [AnAlert.Finding()], AnAlert.At.AddHours(1)).News.ShouldBeEmpty();
    }

    // Folded over any history, what the receiver believes is what fires; what it was told and fires no more it was told the end of.
    [Fact]
    public void Between_AnyHistory_FoldedIsWhatFires() =>
        Prop.ForAll(Gen.Choose(0, 255).ListOf().ToArbitrary(), history =>
        {
            var remembered = new Dictionary<string, ToldState>();
            var believed = new HashSet<string>();
            var now = AnAlert.At;
            return history.All(bits =>
            {
                now = now.AddMinutes(1);
                var firing = Enumerable.Range(0, 8).Where(bit => (bits >> bit & 1) == 1).Select(bit => AnAlert.Finding($"key-{bit}"))
                    .ToList();
                var change = Between([.. remembered.Values], firing, now);
                change.News.ToList().ForEach(news => remembered[news.Identity] = news);
                believed.UnionWith(change.Firing.Select(finding => finding.Subject));
                believed.ExceptWith(change.Ended.Select(finding => finding.Subject));
                return believed.SetEquals(firing.Select(finding => finding.Subject))
                    && change.Firing.All(finding => finding.ResolvedAt is null)
                    && change.Ended.All(finding => finding.ResolvedAt <= now);
            });
        }).QuickCheckThrowOnFailure();

    private static StateChange Between(IReadOnlyList<ToldState> told, IEnumerable<AlertFinding> firing, DateTimeOffset now) =>
        StateChange.Between(told, firing, finding => finding.Subject, s_noEnds, now);
}
