using KeyRotator.EndToEnd.Support;
using KeyRotator.Keys;
using KeyRotator.State;
using KeyRotator.Tests.Support;
using Npgsql;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>A rotation over two stores whose processes are killed; replicas on one PostgreSQL server finish it.</summary>
public sealed class RotationReplicaTests
{
    private const int Rounds = 4;
    private const int MostDelay = 2500;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 600_000)]
    public async Task Rotate_KilledWithAReplica_IsFinishedByAnotherAndWrittenOnce()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var site = await Site.StartWithCopiesAsync(null, "k");
        site.Environment["KEYROTATOR_DATABASE"] =
            $"postgres://{PostgresServer.User}:{PostgresServer.Password.Reveal()}@127.0.0.1:{server.Port}/postgres?sslmode=disable";
        (await site.RunAsync("check")).ExitCode.ShouldBe(0);
        var replicas = new Queue<Service>([await Service.StartAsync(site), await Service.StartAsync(site), await Service.StartAsync(site)]);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                await PlayAsync(server, site, killed: round == 1 ? replicas.Dequeue() : null);
            }
        }
        finally
        {
            foreach (var replica in replicas)
            {
                await replica.DisposeAsync();
            }

            NpgsqlConnection.ClearAllPools();
        }
    }

    private static async Task PlayAsync(PostgresServer server, Site site, Service? killed)
    {
        var (old, versions) = ((await site.ReadAsync("k"))[0]!, await site.VersionsAsync("k"));
        var candidate = site.NewCandidate();
        await using (var rotate = site.StartWith(candidate, "rotate", "k", "--grace", "0s"))
        {
            await KillAsync(rotate);
        }

        if (killed is not null)
        {
            killed.Process.Kill();
            await killed.DisposeAsync();
        }

        KeyRotation? last = null;
        await Eventually.TrueAsync(
            async () =>
            {
                await AgeAsync(server);
                last = await LastAsync(server);
                return last is null or { EndedAt: not null } or { Phase: RotationPhase.Overlap };
            },
            "a replica has brought it to where it waits",
            Token);

        var isNew = last is { Phase: RotationPhase.Overlap } && (await site.ReadAsync("k"))[0] == candidate;
        (await site.ReadAsync("k")).ShouldAllBe(value => value == (isNew ? candidate : old));
        (await site.VersionsAsync("k")).ShouldBe(versions.Select(version => isNew ? version + 1 : version), "each store was written once");
        await server.RunAsync(
            "UPDATE rotation SET phase = 'Unproven', ended_at = 1, next_at = NULL, leased_until = 0 WHERE ended_at IS NULL", Token);
    }

    private static async Task KillAsync(Keyrotator process)
    {
        try
        {
            await process.EndAsync(Token, TimeSpan.FromMilliseconds(Random.Shared.Next(MostDelay)));
        }
        catch (TimeoutException)
        {
            process.Kill();
        }
    }

    // The dead worker's lease and the time to settle are over.
    private static Task<object?> AgeAsync(PostgresServer server) => server.RunAsync(
        """
        UPDATE rotation SET leased_until = 0, next_at = 0 WHERE ended_at IS NULL AND phase <> 'Overlap' AND leased_until > 0;
        UPDATE rotation_location SET begun_at = begun_at - 1200000000, retry_at = NULL;
        UPDATE secret_lock SET until = 0
        """,
        Token);

    private static async Task<KeyRotation?> LastAsync(PostgresServer server)
    {
        await using var state = await StateDatabase.ConnectAsync(server.Address, TimeProvider.System, Token);
        await using var transaction = await state.BeginReadAsync(Token);
        return (await RotationTable.ListAsync(transaction, all: true, 1, Token)).SingleOrDefault();
    }
}
