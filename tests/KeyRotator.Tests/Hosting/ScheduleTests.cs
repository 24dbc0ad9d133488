using KeyRotator.Hosting;
using KeyRotator.Keys;
using Quartz;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting;

public sealed class ScheduleTests
{
    public static TheoryData<string> Both => ["Alone", "Shared"];

    private static IEnumerable<Type> Jobs => typeof(Schedule).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IJob)));

    [Fact]
    public void Jobs_All_NeverOverlapThemselves() =>
        Jobs.Where(job => !Attribute.IsDefined(job, typeof(DisallowConcurrentExecutionAttribute))).ShouldBeEmpty();

    [Fact]
    public void Jobs_All_AreInTheTable() =>
        Jobs.Except(Schedule.Shared.Jobs.Select(job => job.Type)).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Both))]
    public void Jobs_Each_HaveANameOfTheirOwn(string name) =>
        Of(name).Jobs.Select(job => job.Key).ShouldBeUnique();

    [Theory]
    [MemberData(nameof(Both))]
    public void Jobs_Each_FireWithinTheirPeriod(string name)
    {
        var start = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        foreach (var job in Of(name).Jobs)
        {
            var first = CronExpression.Parse(job.Cron).GetNextValidTimeAfter(start)!.Value;
            var second = CronExpression.Parse(job.Cron).GetNextValidTimeAfter(first)!.Value;
            (second - first).ShouldBeLessThanOrEqualTo(job.Period, job.Key.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Shards_Together_HaveEachBucketOnce(string name) =>
        Of(name).Shards.SelectMany(shard => Enumerable.Range(shard.First, shard.Last - shard.First + 1))
            .ShouldBe(Enumerable.Range(0, KeyBucket.Count), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Both))]
    public void Shards_Each_AreAJob(string name)
    {
        var schedule = Of(name);
        foreach (var job in schedule.Jobs.Where(job => job.Type == typeof(ValidationJob)))
        {
            schedule.ShardOf(job.Key.Name).Job.ShouldBe(job.Key.Name);
        }
    }

    [Fact]
    public void Alone_ItsOneShard_KeepsTheNameThatMetricsKnow() => Schedule.Alone.Shards.Single().Job.ShouldBe("validate");

    [Fact]
    public void Recovery_OfACutOffRun_IsForWhatFiresSeldom() =>
        Schedule.Shared.Jobs.Where(job => job.Recovers).Select(job => job.Key.Name)
            .ShouldBe(["discover", "expiry", "audit", "prune"], ignoreOrder: true);

    [Fact]
    public void AtStart_IsWhatAProcessThatStartsOftenWouldNeverDo() =>
        Schedule.Shared.Jobs.Where(job => job.AtStart).Select(job => job.Key.Name).ShouldBe(["expiry", "audit", "prune"], ignoreOrder: true);

    [Fact]
    public void Name_OfAnotherTable_IsAnother()
    {
        Schedule.Shared.Name.ShouldMatch("^keyrotator-[0-9a-f]{8}$");
        Schedule.Shared.Name.ShouldNotBe(Schedule.Alone.Name);
        Schedule.NameOf(Schedule.Shared.Jobs).ShouldBe(Schedule.Shared.Name);
        foreach (var changed in Schedule.Shared.Jobs.Select(Changed))
        {
            Schedule.NameOf(changed).ShouldNotBe(Schedule.Shared.Name);
        }
    }

    private static Schedule Of(string name) => name == "Alone" ? Schedule.Alone : Schedule.Shared;

    private static IEnumerable<ScheduledJob> Changed(ScheduledJob job) =>
        Schedule.Shared.Jobs.Select(each => each == job ? each with { Cron = "59 59 23 * * ?" } : each);
}
