using System.Globalization;
using KeyRotator.EndToEnd.Support;
using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary><c>kill -9</c> at any moment of a rotation over two stores, two hundred times in all.</summary>
public sealed class RotationKillTests
{
    private const int Sites = 8;
    private const int KillsEach = 13;
    private const int MostDelay = 2500;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 1_800_000)]
    public Task Rotate_KilledAgainAndAgain_EndsWithOneValueInBothFiles() => PlayAllAsync(null);

    [Fact(Timeout = 1_800_000)]
    public async Task Rotate_KilledAgainAndAgain_EndsWithOneValueInFileAndCloud()
    {
        await using var moto = await Moto.StartAsync();
        await PlayAllAsync(moto);
    }

    private static async Task PlayAllAsync(Moto? cloud)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var kills = await Task.WhenAll(Enumerable.Range(0, Sites).Select(site => PlayAsync(cloud, new Random(seed + site))));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', kills));
        kills.Sum().ShouldBe(Sites * KillsEach);
    }

    private static async Task<int> PlayAsync(Moto? cloud, Random random)
    {
        await using var site = await Site.StartWithCopiesAsync(cloud, "k");
        (await site.RunAsync("check")).ExitCode.ShouldBe(0);
        var kills = 0;
        while (kills < KillsEach)
        {
            var old = (await site.ReadAsync("k"))[0]!;
            var candidate = site.NewCandidate();
            await using (var rotate = site.StartWith(candidate, "rotate", "k", "--grace", "0s"))
            {
                kills += await KillAsync(rotate, random) ? 1 : 0;
            }

            // Those that carry it on are killed too, now and then.
            for (var rest = random.Next(3); rest > 0 && kills < KillsEach; rest--)
            {
                await AgeAsync(site);
                await using var check = site.Start("check");
                kills += await KillAsync(check, random) ? 1 : 0;
            }

            await ShouldSettleAsync(site, old, candidate);
        }

        site.ShouldHaveNoneOnDisk();
        return kills;
    }

    private static async Task<bool> KillAsync(Keyrotator process, Random random)
    {
        try
        {
            await process.EndAsync(Token, TimeSpan.FromMilliseconds(random.Next(MostDelay)));
            return false;
        }
        catch (TimeoutException)
        {
            process.Kill();
            return true;
        }
    }

    // Both places hold one value: the new one, or, where nothing had been written, the old one.
    private static async Task ShouldSettleAsync(Site site, string old, string candidate)
    {
        var rotation = await LastAsync(site);
        var output = "";
        for (var pass = 0; pass < 5 && rotation is { EndedAt: null, Phase: not RotationPhase.Overlap }; pass++)
        {
            await AgeAsync(site);
            var check = await site.RunAsync("check");
            output += check.Out + check.Error;
            rotation = await LastAsync(site);
        }

        var isNew = rotation is { Phase: RotationPhase.Overlap } && (await site.ReadAsync("k"))[0] == candidate;
        if (rotation is { EndedAt: null })
        {
            rotation.Phase.ShouldBe(RotationPhase.Overlap, $"{rotation.Needs}\n{output}");
            isNew.ShouldBeTrue("it is live");
        }

        (await site.ReadAsync("k")).ShouldAllBe(value => value == (isNew ? candidate : old));
        (await site.StagedAsync("k")).ShouldBeEmpty();
        await CloseAsync(site);
    }

    private static async Task<KeyRotation?> LastAsync(Site site)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginReadAsync(Token);
        return (await RotationTable.ListAsync(transaction, all: true, 1, Token)).SingleOrDefault();
    }

    // The dead worker's lease and the time to settle are over.
    private static Task AgeAsync(Site site) => ChangeAsync(
        site,
        "UPDATE rotation SET leased_until = 0, next_at = 0 WHERE ended_at IS NULL",
        "UPDATE rotation_location SET begun_at = begun_at - 1200000000, retry_at = NULL",
        "UPDATE secret_lock SET until = 0");

    // The next round hands in another one.
    private static Task CloseAsync(Site site) => ChangeAsync(
        site, "UPDATE rotation SET phase = 'Unproven', ended_at = 1, next_at = NULL, leased_until = 0 WHERE ended_at IS NULL");

    private static async Task ChangeAsync(Site site, params string[] statements)
    {
        await using var state = await site.OpenStateAsync();
        await using var transaction = await state.BeginWriteAsync(Token);
        foreach (var statement in statements)
        {
            await transaction.Prepare(statement).ExecuteAsync(Token);
        }

        await transaction.CommitAsync(Token);
    }
}
