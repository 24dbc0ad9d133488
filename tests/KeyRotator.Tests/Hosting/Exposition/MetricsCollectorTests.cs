using KeyRotator.Findings;
using KeyRotator.Hosting.Exposition;
using KeyRotator.Keys;
using KeyRotator.Tests.Metrics;
using KeyRotator.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Hosting.Exposition;

public sealed class MetricsCollectorTests
{
    private const string Labels = "{key=\"a\",provider=\"mistral\",environment=\"prod\",owner=\"search\"";

    private static readonly DateTimeOffset s_at = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Collect_KeyWithEverything_HasEverySeries()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.SaveAsync(Seen());

        var text = await world.ScrapeAsync();

        Rendered.Samples(text, "keyrotator_key_").ShouldBe(
        [
            $"keyrotator_key_expiration_timestamp_seconds{Labels}}} 1795000500",
            $"keyrotator_key_expiry_known{Labels}}} 1",
            $"keyrotator_key_verdict{Labels},verdict=\"Accepted\",reason=\"Restricted\"}} 1",
            $"keyrotator_key_state{Labels},state=\"Active\"}} 1",
            $"keyrotator_key_last_check_timestamp_seconds{Labels}}} 1795000200",
            $"keyrotator_key_last_success_timestamp_seconds{Labels}}} 1795000100.25",
            $"keyrotator_key_next_check_timestamp_seconds{Labels}}} 1795000900",
            $"keyrotator_key_first_seen_timestamp_seconds{Labels}}} 1795000000",
            $"keyrotator_key_rotation_due_timestamp_seconds{Labels}}} 1793790900",
        ]);
        Rendered.Samples(text, "keyrotator_keys").ShouldBe(
        [
            "keyrotator_keys{provider=\"mistral\",environment=\"prod\",state=\"Active\",verdict=\"Accepted\",reason=\"Restricted\"} 1",
            "keyrotator_keys_first_expiration_timestamp_seconds{provider=\"mistral\",environment=\"prod\"} 1795000500",
            "keyrotator_keys_read_timestamp_seconds 1795255200",
        ]);
    }

    [Fact]
    public async Task Collect_ExpiryLongPast_IsStillTold()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.SaveAsync(Seen() with { ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(1_000) });

        (await world.ScrapeAsync()).ShouldContain($"\nkeyrotator_key_expiration_timestamp_seconds{Labels}}} 1000\n");
    }

    [Fact]
    public async Task Collect_ExpiryUnknown_IsAbsentAndSaidToBeUnknown()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.SaveAsync(Seen() with { ExpiresAt = null });

        var text = await world.ScrapeAsync();

        Rendered.Samples(text, "keyrotator_key_expiration").ShouldBeEmpty();
        text.ShouldContain($"\nkeyrotator_key_expiry_known{Labels}}} 0\n");
    }

    [Fact]
    public async Task Collect_KeyNeverChecked_IsNotProbed()
    {
        await using var world = await MetricsWorld.StartAsync(Full() with { Expires = new ExpiryStatement(new DateOnly(2026, 11, 20), null) });

        Rendered.Samples(await world.ScrapeAsync(), "keyrotator_key_").ShouldBe(
        [
            $"keyrotator_key_expiration_timestamp_seconds{Labels}}} 1795219200",
            $"keyrotator_key_expiry_known{Labels}}} 1",
            $"keyrotator_key_verdict{Labels},verdict=\"Inconclusive\",reason=\"NotProbed\"}} 1",
            $"keyrotator_key_state{Labels},state=\"Active\"}} 1",
        ]);
    }

    [Fact]
    public async Task Collect_SuspendedKey_SaysSoAndIsNotDue()
    {
        await using var world = await MetricsWorld.StartAsync(Full() with { Suspended = true });
        await world.SaveAsync(Seen());

        var text = await world.ScrapeAsync();

        text.ShouldContain($"\nkeyrotator_key_state{Labels},state=\"Suspended\"}} 1\n");
        Rendered.Samples(text, "keyrotator_key_next_check").ShouldBeEmpty();
        Rendered.Samples(text, "keyrotator_keys_first_expiration").ShouldBeEmpty();
    }

    [Fact]
    public async Task Collect_MoreThanAPageOfKeys_HasEachOnce()
    {
        var keys = Enumerable.Range(0, 1500).Select(number => A.Key($"key-{number}")).ToArray();
        await using var world = await MetricsWorld.StartAsync(keys);
        await world.SaveAsync([.. keys.Select(key => Seen() with { KeyId = key.Id })]);

        var samples = Rendered.Samples(await world.ScrapeAsync(), "keyrotator_key_verdict{");

        samples.Count.ShouldBe(1500);
        samples.ShouldBeUnique();
        samples.ShouldAllBe(sample => sample.Contains("verdict=\"Accepted\""));
    }

    [Fact]
    public async Task Collect_KeysOfTheirOwnUnwanted_LeavesCountsAndWhatIsNoKey()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.SaveAsync(Seen());
        await world.OpenAsync(FindingSubject.Key("a"), FindingReason.KeyRejected, Severity.Critical, s_at);
        await world.OpenAsync(FindingSubject.Store("prod"), FindingReason.StoreUnavailable, Severity.Warning, s_at);
        using var collector = new MetricsCollector(
            world.Sources with { TellsKeys = false }, NullLogger<MetricsCollector>.Instance);

        var text = await Rendered.TextAsync(await collector.CollectAsync(Token));

        Rendered.Samples(text, "keyrotator_key_").ShouldBeEmpty();
        Rendered.Samples(text, "keyrotator_keys{").Count.ShouldBe(1);
        text.ShouldContain("\nkeyrotator_findings{reason=\"KeyRejected\",severity=\"critical\"} 1\n");
        Rendered.Samples(text, "keyrotator_finding_opened").ShouldBe(
            ["keyrotator_finding_opened_timestamp_seconds{kind=\"Store\",subject=\"prod\",reason=\"StoreUnavailable\",severity=\"warning\"} 1795000000"]);
    }

    [Fact]
    public async Task Collect_Findings_EveryReasonAndSeverityIsThere()
    {
        await using var world = await MetricsWorld.StartAsync();

        var samples = Rendered.Samples(await world.ScrapeAsync(), "keyrotator_findings{");

        samples.Count.ShouldBe(FindingCatalog.Reasons.Count * 3);
        samples.ShouldAllBe(sample => sample.EndsWith(" 0"));
    }

    [Fact]
    public async Task Collect_FindingsHeld_AreCountedApartUntilTheirTimeIsOver()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        var now = world.Clock.GetUtcNow();
        await world.OpenAsync(FindingSubject.Key("a"), FindingReason.KeyRejected, Severity.Critical, s_at, heldUntil: now.AddMinutes(1));

        var held = await world.ScrapeAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var told = await world.ScrapeAsync();

        held.ShouldContain("\nkeyrotator_findings{reason=\"KeyRejected\",severity=\"critical\"} 0\n");
        held.ShouldContain("\nkeyrotator_findings_held{reason=\"KeyRejected\"} 1\n");
        Rendered.Samples(held, "keyrotator_finding_opened").ShouldBeEmpty();
        told.ShouldContain("\nkeyrotator_findings{reason=\"KeyRejected\",severity=\"critical\"} 1\n");
        told.ShouldContain("\nkeyrotator_findings_held{reason=\"KeyRejected\"} 0\n");
        Rendered.Samples(told, "keyrotator_finding_opened").ShouldBe(
            ["keyrotator_finding_opened_timestamp_seconds{kind=\"Key\",subject=\"a\",provider=\"mistral\",environment=\"prod\",owner=\"search\",reason=\"KeyRejected\",severity=\"critical\"} 1795000000"]);
    }

    [Fact]
    public async Task Collect_TwoFindingsOfOneReason_AreOneSeriesOfTheOlder()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.OpenAsync(FindingSubject.Key("a"), FindingReason.LocationDrift, Severity.Warning, s_at.AddHours(1), mark: "one");
        await world.OpenAsync(FindingSubject.Key("a"), FindingReason.LocationDrift, Severity.Warning, s_at, mark: "two");
        await world.OpenAsync(FindingSubject.Key("a"), FindingReason.ExpiryUnknown, Severity.Info, s_at);

        Rendered.Samples(await world.ScrapeAsync(), "keyrotator_finding_opened").Single().ShouldEndWith(" 1795000000");
    }

    [Fact]
    public async Task Collect_Quiet_HasEveryPhaseChannelAndLimit()
    {
        await using var world = await MetricsWorld.StartAsync(Full());

        var text = await world.ScrapeAsync();

        Rendered.Samples(text, "keyrotator_rotations{").Count.ShouldBe(7);
        Rendered.Samples(text, "keyrotator_rotations_ended_total{").Count.ShouldBe(5);
        text.ShouldContain("\nkeyrotator_rotations_waiting 0\n");
        text.ShouldContain("\nkeyrotator_notification_queue_length{channel=\"ops\"} 0\n");
        text.ShouldContain("\nkeyrotator_notifications_total{channel=\"ops\",result=\"delivered\"} 3\n");
        text.ShouldContain("\nkeyrotator_provider_requests_per_minute{provider=\"mistral\"} 600\n");
        text.ShouldContain("\nkeyrotator_database_up 1\n");
    }

    [Fact]
    public async Task Collect_JobsOfThisAndOtherProcesses_TheLastSuccessCounts()
    {
        await using var world = await MetricsWorld.StartAsync();
        await world.WriteAsync(transaction => transaction
            .Prepare("INSERT INTO job_status (job, successes, failures, succeeded_at, duration) VALUES ('validate', 1, 0, @at, 0), ('prune', 1, 0, @at, 0)")
            .Set("@at", s_at)
            .ExecuteAsync(Token));
        var own = new Dictionary<string, DateTimeOffset> { ["validate"] = s_at.AddSeconds(9), ["expiry"] = s_at.AddSeconds(8) };
        using var collector = new MetricsCollector(
            world.Sources with { Succeeded = () => own }, NullLogger<MetricsCollector>.Instance);

        Rendered.Samples(await Rendered.TextAsync(await collector.CollectAsync(Token)), "keyrotator_job_last_success").ShouldBe(
        [
            "keyrotator_job_last_success_timestamp_seconds{job_name=\"expiry\"} 1795000008",
            "keyrotator_job_last_success_timestamp_seconds{job_name=\"prune\"} 1795000000",
            "keyrotator_job_last_success_timestamp_seconds{job_name=\"validate\"} 1795000009",
        ]);
    }

    [Fact]
    public async Task Collect_AgainWithinSeconds_ReadsTheDatabaseOnce()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.ScrapeAsync();
        await world.SaveAsync(Seen());

        var soon = await world.ScrapeAsync();
        world.Clock.Advance(SharedReading<StateFigures>.Lasts);
        var later = await world.ScrapeAsync();

        soon.ShouldContain("reason=\"NotProbed\"");
        later.ShouldContain("reason=\"Restricted\"");
    }

    [Theory]
    [InlineData("key_status", 0, true)]
    [InlineData("key_status", 1, false)]
    [InlineData("finding", 0, true)]
    [InlineData("finding", 1, false)]
    public async Task Collect_DatabaseFailsAfterAReading_TellsThatForFiveMinutes(string table, int later, bool isTold)
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.SaveAsync(Seen());
        await world.OpenAsync(FindingSubject.Key("a"), FindingReason.KeyRejected, Severity.Critical, s_at);
        await world.WriteAsync(transaction => transaction
            .Prepare("INSERT INTO job_status (job, successes, failures, succeeded_at, duration) VALUES ('prune', 1, 0, @at, 0)")
            .Set("@at", s_at)
            .ExecuteAsync(Token));
        var before = await world.ScrapeAsync();
        await world.WriteAsync(transaction => transaction.Prepare($"ALTER TABLE {table} RENAME TO gone").ExecuteAsync(Token));
        world.Clock.Advance(MetricsCollector.KeysLast + TimeSpan.FromSeconds(later));

        var text = await world.ScrapeAsync();

        before.ShouldContain("\nkeyrotator_database_up 1\n");
        text.ShouldContain("\nkeyrotator_database_up 0\n");
        string[] prefixes = ["keyrotator_key_", "keyrotator_keys{", "keyrotator_finding", "keyrotator_audit", "keyrotator_rotations"];
        foreach (var prefix in prefixes)
        {
            Rendered.Samples(text, prefix).ShouldBe(isTold ? Rendered.Samples(before, prefix) : []);
        }

        Rendered.Samples(text, "keyrotator_job_last").ShouldBe(
            ["keyrotator_job_last_success_timestamp_seconds{job_name=\"prune\"} 1795000000"]);
    }

    [Fact]
    public async Task Collect_DatabaseHangsAfterAReading_TellsThat()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.SaveAsync(Seen());
        var before = await world.ScrapeAsync();
        world.Clock.Advance(SharedReading<StateFigures>.Lasts);
        await using (await world.State.BeginWriteAsync(Token))
        {
            var scrape = world.ScrapeAsync();
            await Drive.UntilDone(scrape, world.Clock);

            (await scrape).ShouldContain("\nkeyrotator_database_up 0\n");
            Rendered.Samples(await scrape, "keyrotator_key").ShouldBe(Rendered.Samples(before, "keyrotator_key"));
        }
    }

    [Fact]
    public async Task Collect_DatabaseFails_TellsSoAndWhatTheProcessKnows()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await world.WriteAsync(transaction => transaction.Prepare("ALTER TABLE key_status RENAME TO gone").ExecuteAsync(Token));

        var text = await world.ScrapeAsync();

        text.ShouldContain("\nkeyrotator_database_up 0\n");
        text.ShouldContain("\nkeyrotator_notifications_total{channel=\"ops\",result=\"delivered\"} 3\n");
        Rendered.Samples(text, "keyrotator_key").ShouldBeEmpty();
        Rendered.Samples(text, "keyrotator_findings").ShouldBeEmpty();
    }

    [Fact]
    public async Task Collect_DatabaseHangs_AnswersInTimeAndNobodyElseAsksIt()
    {
        await using var world = await MetricsWorld.StartAsync(Full());
        await using (await world.State.BeginWriteAsync(Token))
        {
            var first = world.ScrapeAsync();
            var second = world.ScrapeAsync();
            await Drive.UntilDone(first, world.Clock);
            (await first).ShouldContain("\nkeyrotator_database_up 0\n");
            (await second).ShouldContain("\nkeyrotator_database_up 0\n");
            (await world.ScrapeAsync()).ShouldContain("\nkeyrotator_database_up 0\n");
        }

        world.Clock.Advance(SharedReading<StateFigures>.Lasts);
        await Eventually.TrueAsync(async () => (await world.ScrapeAsync()).Contains("\nkeyrotator_database_up 1\n"), Token);
    }

    private static ManagedKey Full() => A.Key("a") with { Environment = "prod", Owner = "search" };

    private static KeyStatus Seen() => new()
    {
        KeyId = KeyId.Parse("a"),
        Provider = "mistral",
        Version = 1,
        Fingerprint = Support.Seen.FingerprintOf("value"),
        Verdict = Verdict.Accepted,
        Reason = VerdictReason.Restricted,
        FirstSeenAt = s_at,
        AcceptedAt = s_at.AddSeconds(100.25),
        CheckedAt = s_at.AddSeconds(200),
        ExpiresAt = s_at.AddSeconds(500),
        NextCheckAt = s_at.AddSeconds(900),
    };
}
