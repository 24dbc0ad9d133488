using System.Text.Json;
using FsCheck.Fluent;
using KeyRotator.Findings;
using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class KeyStatusTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Save_AnyStatus_LoadsTheSame()
    {
        var statuses = KeyStatuses.Any.Generator.Sample(200).DistinctBy(status => status.KeyId).ToList();

        await WriteAsync(transaction => KeyStatusTable.SaveAsync(transaction, statuses, Cancel));
        var ids = statuses.Select(status => status.KeyId).ToList();
        var loaded = await ReadAsync(transaction => KeyStatusTable.LoadAsync(transaction, ids, Cancel));

        statuses.ShouldAllBe(status => JsonSerializer.Serialize(loaded[status.KeyId]) == JsonSerializer.Serialize(status));
    }

    [Fact]
    public async Task Save_Twice_KeepsTheSecond()
    {
        var statuses = KeyStatuses.Any.Generator.Sample(40).Select(status => status with { KeyId = Id("k") }).ToList();

        foreach (var status in statuses)
        {
            await WriteAsync(transaction => KeyStatusTable.SaveAsync(transaction, [status], Cancel));
            var loaded = await ReadAsync(transaction => KeyStatusTable.LoadAsync(transaction, [status.KeyId], Cancel));
            JsonSerializer.Serialize(loaded.Values.Single()).ShouldBe(JsonSerializer.Serialize(status));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(300)]
    public async Task Load_AnyNumberOfKeys_FindsAllAndOnlyThose(int count)
    {
        var saved = Enumerable.Range(0, count + 3).Select(index => Status($"k{index}")).ToList();
        await WriteAsync(transaction => KeyStatusTable.SaveAsync(transaction, saved, Cancel));

        var asked = saved.Take(count).Select(status => status.KeyId).Append(Id("never-checked")).ToList();
        var loaded = await ReadAsync(transaction => KeyStatusTable.LoadAsync(transaction, asked, Cancel));

        loaded.Keys.ShouldBe(asked.SkipLast(1), ignoreOrder: true);
    }

    [Fact]
    public async Task Due_AroundNow_IsHalfOpenAndLongestDueFirst()
    {
        await SaveAsync(
            Status("at") with { NextCheckAt = Now },
            Status("after") with { NextCheckAt = Now.AddTicks(1) },
            Status("before") with { NextCheckAt = Now.AddTicks(-1) },
            Status("never") with { NextCheckAt = null });

        var due = await ReadAsync(transaction => KeyStatusTable.DueAsync(transaction, Now, 10, Cancel));
        var first = await ReadAsync(transaction => KeyStatusTable.DueAsync(transaction, Now, 1, Cancel));

        due.ShouldBe([Id("before"), Id("at")]);
        first.ShouldBe([Id("before")]);
    }

    [Fact]
    public async Task HastenRejected_OfLate_AreDueSoonerAndOthersAsBefore()
    {
        var rejected = Status("late") with { Verdict = Verdict.Rejected, RejectedSince = Now, NextCheckAt = Now.AddHours(1) };
        await SaveAsync(
            rejected,
            rejected with { KeyId = Id("long"), RejectedSince = Now.AddTicks(-1) },
            rejected with { KeyId = Id("soon"), NextCheckAt = Now.AddSeconds(1) },
            rejected with { KeyId = Id("good"), Verdict = Verdict.Accepted });

        await WriteAsync(transaction => KeyStatusTable.HastenRejectedAsync(transaction, "mistral", Now, Now.AddMinutes(5), Cancel));

        (await ReadAsync(transaction => KeyStatusTable.DueAsync(transaction, Now.AddMinutes(5), 9, Cancel)))
            .ShouldBe([Id("soon"), Id("late")]);
    }

    [Fact]
    public async Task Holders_SharedValue_ListsEachKey()
    {
        await SaveAsync(Status("a", 1), Status("b", 1), Status("c", 2), Status("d", 3));

        var holders = await ReadAsync(transaction => KeyStatusTable.HoldersAsync(transaction, [Print(1), Print(3), Print(9)], Cancel));

        holders[Print(1)].ShouldBe([Id("a"), Id("b")], ignoreOrder: true);
        holders[Print(3)].ShouldBe([Id("d")]);
        holders.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Forget_Key_LeavesNothingOfItAndAllOfOthers()
    {
        await WriteAsync(transaction => RecordEverythingAsync(transaction, "a"));
        await WriteAsync(transaction => RecordEverythingAsync(transaction, "b"));

        await WriteAsync(transaction => KeyStatusTable.ForgetAsync(transaction, Id("a"), Cancel));

        (await ReadAsync(transaction => CountAsync(transaction, "a"))).ShouldBe(0);
        (await ReadAsync(transaction => CountAsync(transaction, "b"))).ShouldBe(5);
    }

    private Task SaveAsync(params KeyStatus[] statuses) =>
        WriteAsync(transaction => KeyStatusTable.SaveAsync(transaction, statuses, Cancel));

    private static async Task RecordEverythingAsync(StateTransaction transaction, string key)
    {
        await KeyStatusTable.SaveAsync(transaction, [Status(key)], Cancel);
        await CheckHistoryTable.RecordAsync(transaction, [Status(key)], Cancel);
        await KeyVersionTable.OpenAsync(transaction, Version(key), Cancel);
        await FindingTable.InsertAsync(transaction, Claim(key), Now, null, null, Cancel);
    }

    private static async Task<int> CountAsync(StateTransaction transaction, string key)
    {
        var statuses = await KeyStatusTable.LoadAsync(transaction, [Id(key)], Cancel);
        var runs = await CheckHistoryTable.OfAsync(transaction, Id(key), 10, Cancel);
        var versions = await KeyVersionTable.OfAsync(transaction, Id(key), Cancel);
        var moves = await KeyStates.TransitionsAsync(transaction, Id(key), Cancel);
        var findings = await FindingTable.OpenAboutAsync(transaction, [FindingSubject.Key(key)], Cancel);
        return statuses.Count + runs.Count + versions.Count + moves[1].Count() + findings.Count;
    }
}

public sealed class SqliteFileKeyStatusTableTests : KeyStatusTableTests<SqliteFileEngine>;

public sealed class PostgresKeyStatusTableTests : KeyStatusTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryKeyStatusTableTests : KeyStatusTableTests<SqliteMemoryEngine>;
