using KeyRotator.Findings;
using KeyRotator.Http;
using KeyRotator.Ledger;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

/// <summary>A real Alertmanager is told the state: it is asked what it holds, and what it says to its own receiver is read.</summary>
public sealed class AlertmanagerPeerTests : IDisposable
{
    private readonly HttpMessageInvoker _http = OutboundHttp.Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Passes_LifeOfFindings_AreGroupedAndNotifiedOnceEach()
    {
        await using var peer = await AlertmanagerPeer.StartAsync();
        await using var world = await StartAsync(peer);
        await world.HoldsAsync(StateWorld.Claim(), StateWorld.Claim("slow"), StateWorld.Claim("slow", FindingReason.KeyRestricted));

        for (var pass = 0; pass < 5; pass++)
        {
            await world.PassAsync();
        }

        await Eventually.TrueAsync(() => peer.Notifications.Count == 2, Token);
        (await peer.ActiveNamesAsync()).ShouldBe(
        [
            "KeyRotatorKeyExpiring mistral-prod warning", "KeyRotatorKeyExpiring slow warning", "KeyRotatorKeyRestricted slow warning",
        ]);
        (await peer.GroupsAsync()).ShouldBe(["KeyRotatorKeyExpiring: 2", "KeyRotatorKeyRestricted: 1"]);

        await world.HoldsAsync(StateWorld.Claim("slow"));
        await world.PassAsync();
        await world.PassAsync();
        await Eventually.TrueAsync(() => peer.Notifications.Count == 4, Token);
        (await peer.ActiveNamesAsync()).ShouldBe(["KeyRotatorKeyExpiring slow warning"]);

        await world.HoldsAsync();
        await world.PassAsync();
        await Eventually.TrueAsync(() => peer.Notifications.Count == 5, Token);
        (await peer.ActiveNamesAsync()).ShouldBeEmpty();
        peer.Notifications.Take(4).Order(StringComparer.Ordinal).ShouldBe(
        [
            "firing: KeyRotatorKeyExpiring mistral-prod warning=firing, KeyRotatorKeyExpiring slow warning=firing",
            "firing: KeyRotatorKeyExpiring mistral-prod warning=resolved, KeyRotatorKeyExpiring slow warning=firing",
            "firing: KeyRotatorKeyRestricted slow warning=firing",
            "resolved: KeyRotatorKeyRestricted slow warning=resolved",
        ]);

        // An end is told again and again, as Prometheus does: it shows once more where its group has something to say.
        peer.Notifications[4]
            .ShouldBe("resolved: KeyRotatorKeyExpiring mistral-prod warning=resolved, KeyRotatorKeyExpiring slow warning=resolved");
    }

    [Fact]
    public async Task Pass_SeverityGrew_LeavesOneAlert()
    {
        await using var peer = await AlertmanagerPeer.StartAsync();
        await using var world = await StartAsync(peer);
        await world.HoldsAsync(StateWorld.Claim());
        await world.PassAsync();

        await world.HoldsAsync(StateWorld.Claim(severity: Severity.Critical));
        await world.PassAsync();

        (await peer.ActiveNamesAsync()).ShouldBe(["KeyRotatorKeyExpiring mistral-prod critical"]);
    }

    [Fact]
    public async Task Service_Minute_HoldsWithoutResolvingItself()
    {
        await using var peer = await AlertmanagerPeer.StartAsync();
        await using var world = await StartAsync(peer);
        await world.HoldsAsync(StateWorld.Claim());
        var before = TimeProvider.System.GetUtcNow();

        await world.DispatchAsync(PassAlerts.Budget);

        var alert = (await peer.ActiveAsync()).ShouldHaveSingleItem();
        alert.GetProperty("endsAt").GetDateTimeOffset().ShouldBeGreaterThan(before.AddMinutes(3));
        alert.GetProperty("annotations").GetProperty("description").GetString().ShouldBe("Something is wrong with mistral-prod.");
    }

    // The whole is taken where one request would not hold it, names that break out included.
    [Fact]
    public async Task Pass_ThousandHostileFindings_AreAllHeld()
    {
        await using var peer = await AlertmanagerPeer.StartAsync();
        await using var world = await StartAsync(peer);
        string[] hostile =
        [
            "a\"},{\"labels\":{}", "<!channel>", "*b* <script>", "\u202Eevil", "half \ud83d", new('x', 10_000), "line\r\nbreak",
            "{{ .Labels }}",
        ];
        var names = Enumerable.Range(0, 1_000).Select(number => $"{number} {hostile[number % hostile.Length]}");
        await world.HoldsAsync([.. names.Select(name => StateWorld.Claim(name))]);

        await world.PassAsync();

        (await peer.ActiveAsync()).Count.ShouldBe(1_000);
        (await world.BacklogAsync()).FailingSince.ShouldBeNull();
    }

    private Task<StateWorld> StartAsync(AlertmanagerPeer peer) =>
        StateWorld.StartAsync(_http, TimeProvider.System, new Uri(peer.Address, "/am"));
}
