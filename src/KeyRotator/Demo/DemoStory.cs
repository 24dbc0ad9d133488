using KeyRotator.Keys;

namespace KeyRotator.Demo;

/// <summary>The acts. Each makes something happen, lets KeyRotator check, tells what it saw, and insists that the right alerts came and no
/// others.</summary>
internal sealed class DemoStory(DemoStage stage, INarrator narrator)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(15);

    /// <summary>How many alerts arrived.</summary>
    public int Alerts { get; private set; }

    /// <summary>Tells all of it.</summary>
    /// <param name="folder">Where its files are.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="DemoException">Something else happened.</exception>
    public async Task TellAsync(string folder, CancellationToken cancellationToken)
    {
        await narrator.SayAsync(
            "The providers and the receiver of alerts are emulated on this machine: no account, no network. The clock is set forward "
            + $"between checks. Everything is in {folder}, and is removed at the end.",
            cancellationToken);
        await FirstCheckAsync(cancellationToken);
        await RevocationAsync(cancellationToken);
        await ReplacementAsync(cancellationToken);
        await OutageAsync(cancellationToken);
        await RotationAsync(cancellationToken);
    }

    private async Task FirstCheckAsync(CancellationToken cancellationToken)
    {
        narrator.Act("1. The first check");
        foreach (var key in DemoCast.Keys)
        {
            await stage.IssueAsync(key, cancellationToken);
        }

        await narrator.SayAsync(
            "Six keys are declared in keyrotator.yaml; their values lie in an encrypted local store. KeyRotator reads a value, asks the "
            + "provider for its model list, which costs nothing, and forgets the value again.",
            cancellationToken);
        var alerts = await stage.CheckAsync(cancellationToken);
        foreach (var status in await stage.StatusesAsync(cancellationToken))
        {
            Expect(status.Verdict is Verdict.Accepted, $"{status.KeyId} is {status.Verdict}/{status.Reason}");
            var daysLeft = (status.ExpiresAt - stage.Clock.GetUtcNow())?.Days;
            narrator.Line($"{status.KeyId.Value,-16} {status.HttpStatus}  {status.Verdict}   {daysLeft,3} days left");
        }

        await narrator.SayAsync(
            "All are good, and each provider turned a made-up key away, so its yes means something. One key has few days left. The webhook "
            + "receiver got:",
            cancellationToken);
        await ArriveAsync(alerts, [$"Trigger KeyExpiring {DemoCast.Expiring.Id}"], cancellationToken);
    }

    private async Task RevocationAsync(CancellationToken cancellationToken)
    {
        var key = DemoCast.Revoked;
        narrator.Act("2. A key is revoked");
        stage.Revoke(key);
        await narrator.SayAsync(
            $"Somebody deletes {key.Id} in the provider's console. A quarter of an hour later, the next check:", cancellationToken);
        var ports = new List<int>();
        stage.Emulator.Answering = call => Witness(call, ports);
        var alerts = await NextCheckAsync(cancellationToken);
        stage.Emulator.Answering = null;
        var isConfirmed = ports is [var first, var second] && first != second;
        Expect(isConfirmed, $"{ports.Count} calls came for the revoked key, and not two on two connections");
        await ArriveAsync(alerts, [$"Trigger KeyRejected {key.Id}"], cancellationToken);
    }

    private void Witness(EmulatedCall call, List<int> ports)
    {
        if (call.Provider != DemoCast.Revoked.Provider)
        {
            return;
        }

        ports.Add(call.Port);
        var comment = ports.Count == 1 ? "said once: noted, asks again" : "said twice, on two connections: believed";
        narrator.Line($"{call.At:HH:mm:ss}  {DemoCast.Revoked.Id}  {call.Status}  {comment}");
    }

    private async Task ReplacementAsync(CancellationToken cancellationToken)
    {
        var key = DemoCast.Revoked;
        narrator.Act("3. An operator puts a replacement in place");
        var before = await StatusAsync(key, cancellationToken);
        await stage.IssueAsync(key, cancellationToken);
        await narrator.SayAsync(
            $"A new key goes into the store at {key.Secret}. Nothing is restarted: the next check sees another value there.",
            cancellationToken);
        var alerts = await NextCheckAsync(cancellationToken);
        var after = await StatusAsync(key, cancellationToken);
        var isReplaced = after.Version == before.Version + 1 && after.Verdict is Verdict.Accepted;
        Expect(isReplaced, $"{key.Id} is {after.Verdict} at version {after.Version}");
        narrator.Line($"{key.Id}  version {before.Version}  {before.Fingerprint?.Short}  {before.Verdict}");
        narrator.Line($"{key.Id}  version {after.Version}  {after.Fingerprint?.Short}  {after.Verdict}");
        await narrator.SayAsync("Those digits are fingerprints: a value is kept nowhere but in its store.", cancellationToken);
        await ArriveAsync(alerts, [$"Resolved KeyRejected {key.Id}"], cancellationToken);
    }

    private async Task OutageAsync(CancellationToken cancellationToken)
    {
        const string Provider = DemoCast.Troubled;
        narrator.Act("4. A provider has an outage");
        stage.Emulator.Break(Provider, ProviderFault.RejectsAll);
        await narrator.SayAsync("Mistral's login breaks down: it answers 401 to everybody, also to good keys.", cancellationToken);
        var alerts = await NextCheckAsync(cancellationToken);
        foreach (var status in (await stage.StatusesAsync(cancellationToken)).Where(status => status.Provider == Provider))
        {
            Expect(status.Verdict is Verdict.Rejected, $"{status.KeyId} is {status.Verdict} in the outage");
            narrator.Line($"{status.KeyId.Value,-16} {status.HttpStatus}  {status.Verdict} {status.Rejections} times");
        }

        await narrator.SayAsync(
            "All of its keys at once: that is the provider. One alert names it, and those about the keys are held back.",
            cancellationToken);
        await ArriveAsync(alerts, [$"Trigger ProviderOutage {Provider}"], cancellationToken);
        stage.Emulator.Break(Provider, ProviderFault.None);
        await narrator.SayAsync(
            "Mistral recovers. At the next check its keys are good again, and nobody was sent to replace one for nothing:",
            cancellationToken);
        await ArriveAsync(await NextCheckAsync(cancellationToken), [$"Resolved ProviderOutage {Provider}"], cancellationToken);
    }

    private async Task RotationAsync(CancellationToken cancellationToken)
    {
        var key = DemoCast.Expiring;
        var rotation = new DemoRotation(stage);
        narrator.Act("5. A key is rotated");
        await narrator.SayAsync(
            $"{key.Id} has few days left. Its owner makes a new key in the provider's console and pastes it once: keyrotator rotate "
            + $"{key.Id}. It is proven before anything is written, goes to both stores that consumers read, and is read back.",
            cancellationToken);
        var proof = await rotation.SubmitAsync(key, cancellationToken);
        Expect(proof is { Passed: true }, $"the new key is refused: {proof?.Refusal}");
        await TellAsync(rotation, RotationPhase.Overlap, cancellationToken);
        await ArriveAsync(await NextCheckAsync(cancellationToken), [$"Resolved KeyExpiring {key.Id}"], cancellationToken);

        await narrator.SayAsync(
            "For a day both keys work, while consumers pick the new one up. Then the old one is to go:", cancellationToken);
        await rotation.CarryOnAsync(cancellationToken);
        await TellAsync(rotation, RotationPhase.Overlap, cancellationToken);
        await ArriveAsync(await NextCheckAsync(cancellationToken), [$"Trigger RevocationDue {key.Id}"], cancellationToken);
        stage.RevokeEarlier(key);
        await narrator.SayAsync(
            $"Somebody revokes it in the console and says so: keyrotator rotations revoked {rotation.Rotation.Id}. That is not believed "
            + "yet: three rejections over ten minutes are, and one more a day later, while the new key is accepted in between.",
            cancellationToken);
        await rotation.RevokedAsync(cancellationToken);
        for (var question = 0; question < 5 && rotation.Rotation.EndedAt is null; question++)
        {
            await rotation.CarryOnAsync(cancellationToken);
        }

        await TellAsync(rotation, RotationPhase.Completed, cancellationToken);
        await ArriveAsync(await NextCheckAsync(cancellationToken), [$"Resolved RevocationDue {key.Id}"], cancellationToken);
    }

    private async Task TellAsync(DemoRotation rotation, RotationPhase expected, CancellationToken cancellationToken)
    {
        foreach (var told in await rotation.NewsAsync(cancellationToken))
        {
            narrator.Step(told);
        }

        var (phase, needs) = (rotation.Rotation.Phase, rotation.Rotation.Needs);
        Expect(phase == expected, $"the rotation is at {phase} and not at {expected}: {needs}");
    }

    private Task<IReadOnlyList<DemoAlert>> NextCheckAsync(CancellationToken cancellationToken)
    {
        stage.Clock.SetForward(s_interval);
        return stage.CheckAsync(cancellationToken);
    }

    private async Task ArriveAsync(IReadOnlyList<DemoAlert> arrived, IReadOnlyList<string> expected, CancellationToken cancellationToken)
    {
        Alerts += arrived.Count;
        foreach (var alert in arrived)
        {
            await narrator.AlertAsync(alert, cancellationToken);
        }

        var seen = arrived.Select(alert => $"{alert.Kind} {alert.Reason} {alert.Subject}").ToList();
        var isRight = seen.SequenceEqual(expected) && stage.RefusedMessages == 0;
        Expect(isRight, $"the receiver should have got [{string.Join(", ", expected)}] and got [{string.Join(", ", seen)}]");
    }

    private async Task<KeyStatus> StatusAsync(DemoKey key, CancellationToken cancellationToken) =>
        (await stage.StatusesAsync(cancellationToken)).Single(status => status.KeyId.Value == key.Id);

    private static void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new DemoException(otherwise);
        }
    }
}
