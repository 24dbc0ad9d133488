using KeyRotator.Findings;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class FindingTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Insert_Claim_KeepsEveryMember()
    {
        var claim = Claim("k", FindingReason.KeyExpiring, "mark") with { Rung = 7, Severity = Severity.Warning };

        var inserted = await WriteAsync(transaction => FindingTable.InsertAsync(
            transaction, claim, Now, Now.AddTicks(1), Now.AddTicks(2), Cancel));

        inserted.ShouldBe(new()
        {
            Id = inserted.Id,
            Key = claim.Key,
            Severity = Severity.Warning,
            Message = claim.Message,
            Rung = 7,
            OpenedAt = Now,
            HeldUntil = Now.AddTicks(1),
            RemindAt = Now.AddTicks(2),
        });
        (await AllOpenAsync()).ShouldBe([inserted]);
    }

    [Fact]
    public async Task Insert_AlreadyOpen_ReturnsTheOpenOne()
    {
        var first = await InsertAsync(Claim());
        var second = await InsertAsync(Claim() with { Message = "Another sentence." });

        second.ShouldBe(first);
    }

    [Theory]
    [MemberData(nameof(KeyChanges.All), MemberType = typeof(KeyChanges), DisableDiscoveryEnumeration = true)]
    public async Task Insert_AnotherIdentity_OpensBoth(string difference, Func<FindingKey, FindingKey> change)
    {
        var first = await InsertAsync(Claim());
        var second = await InsertAsync(Claim() with { Key = change(Claim().Key) });

        second.Id.ShouldBeGreaterThan(first.Id, difference);
        (await AllOpenAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Insert_AfterItWasResolved_OpensAnother()
    {
        var first = await InsertAsync(Claim());
        await UpdateAsync(first with { ResolvedAt = Now });

        var second = await InsertAsync(Claim());

        second.Id.ShouldBeGreaterThan(first.Id);
        second.ResolvedAt.ShouldBeNull();
    }

    [Fact]
    public async Task Insert_AfterTheNewestWasPruned_TakesANewId()
    {
        var first = await InsertAsync(Claim());
        await UpdateAsync(first with { ResolvedAt = Now });
        await PruneAsync(Now.AddTicks(1), 10);

        (await InsertAsync(Claim())).Id.ShouldBeGreaterThan(first.Id);
    }

    [Fact]
    public async Task Update_Open_ReplacesWhatMayChange()
    {
        var changed = await InsertAsync(Claim()) with
        {
            Severity = Severity.Info,
            Message = "Another sentence.",
            Rung = 3,
            HeldUntil = Now.AddTicks(4),
            RemindAt = Now.AddTicks(5),
        };

        await UpdateAsync(changed);

        (await AllOpenAsync()).ShouldBe([changed]);
    }

    [Fact]
    public async Task Update_Resolved_ChangesNothing()
    {
        var finding = await InsertAsync(Claim());
        await UpdateAsync(finding with { ResolvedAt = Now });

        await UpdateAsync(finding);

        (await AllOpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task OpenAbout_Subjects_GivesTheirsOnly()
    {
        var keys = Enumerable.Range(0, 150).Select(index => FindingSubject.Key($"k{index}"));
        List<FindingSubject> subjects = [FindingSubject.Provider("p"), .. keys];
        foreach (var subject in subjects.Append(FindingSubject.Key("p")).Append(FindingSubject.Provider("k1")))
        {
            await InsertAsync(Claim() with { Key = Claim().Key with { Subject = subject } });
        }

        var open = await ReadAsync(transaction => FindingTable.OpenAboutAsync(transaction, [.. subjects, subjects[0]], Cancel));

        open.Select(finding => finding.Key.Subject).ShouldBe(subjects, ignoreOrder: true);
    }

    [Fact]
    public async Task Open_Several_ComeCriticalFirstThenOldest()
    {
        await InsertAsync(Claim("info") with { Severity = Severity.Info });
        await InsertAsync(Claim("new"), Now.AddTicks(1));
        await InsertAsync(Claim("warning") with { Severity = Severity.Warning });
        await InsertAsync(Claim("old"));

        (await AllOpenAsync()).Select(finding => finding.Key.Subject.Name).ShouldBe(["old", "new", "warning", "info"]);
    }

    [Theory]
    [InlineData(0, null, true)] // at its time
    [InlineData(1, null, false)] // a tick too early
    [InlineData(null, null, false)] // none was asked for
    [InlineData(0, 0, true)] // the hold ends now
    [InlineData(0, 1, false)] // held for a tick more
    public async Task DueForReminder_Boundaries_AreHalfOpen(int? remind, int? held, bool due)
    {
        await InsertAsync(Claim(), Now, Ticks(held), Ticks(remind));

        var found = await ReadAsync(transaction => FindingTable.DueForReminderAsync(transaction, Now, 10, Cancel));

        found.Count.ShouldBe(due ? 1 : 0);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(5, false)]
    [InlineData(6, true)] // longer than any hold: the clock was set back
    [InlineData(null, false)]
    public async Task HeldUntil_Boundaries_AreHalfOpen(int? held, bool ended)
    {
        await InsertAsync(Claim(), Now, Ticks(held));

        var found = await ReadAsync(transaction => FindingTable.HeldUntilAsync(transaction, Now, TimeSpan.FromTicks(5), Cancel));

        found.Count.ShouldBe(ended ? 1 : 0);
    }

    [Fact]
    public async Task Prune_Resolved_GoInChunksAndOpenOnesStay()
    {
        await InsertAsync(Claim("open"));
        foreach (var name in (string[])["a", "b", "c"])
        {
            await UpdateAsync(await InsertAsync(Claim(name)) with { ResolvedAt = Now });
        }

        var gone = new[] { await PruneAsync(Now, 10), await PruneAsync(Now.AddTicks(1), 2), await PruneAsync(Now.AddTicks(1), 2) };

        gone.ShouldBe([0, 2, 1]);
        (await AllOpenAsync()).Single().Key.Subject.Name.ShouldBe("open");
    }

    private static DateTimeOffset? Ticks(int? ticks) => ticks is null ? null : Now.AddTicks(ticks.Value);

    private Task<Finding> InsertAsync(
        FindingClaim claim, DateTimeOffset? at = null, DateTimeOffset? held = null, DateTimeOffset? remind = null) =>
        WriteAsync(transaction => FindingTable.InsertAsync(transaction, claim, at ?? Now, held, remind, Cancel));

    private Task UpdateAsync(Finding finding) => WriteAsync(transaction => FindingTable.UpdateAsync(transaction, finding, Cancel));

    private Task<IReadOnlyList<Finding>> AllOpenAsync() => ReadAsync(transaction => FindingTable.OpenAsync(transaction, Cancel));

    private Task<int> PruneAsync(DateTimeOffset before, int limit) =>
        WriteAsync(transaction => FindingTable.PruneAsync(transaction, before, limit, Cancel));
}

public sealed class SqliteFileFindingTableTests : FindingTableTests<SqliteFileEngine>;

public sealed class PostgresFindingTableTests : FindingTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryFindingTableTests : FindingTableTests<SqliteMemoryEngine>;

internal static class KeyChanges
{
    public static TheoryData<string, Func<FindingKey, FindingKey>> All => new()
    {
        { "another subject", key => key with { Subject = FindingSubject.Key("other") } },
        { "another kind of subject", key => key with { Subject = FindingSubject.Store(key.Subject.Name) } },
        { "another reason", key => key with { Reason = FindingReason.KeyExpired } },
        { "another version", key => key with { Version = 2 } },
        { "another mark", key => key with { Mark = "m" } },
    };
}
