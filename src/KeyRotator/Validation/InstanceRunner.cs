using KeyRotator.Keys;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Runs one instance's part of a pass: control first, then the keys, then witnesses where keys were found dead, then the judgement
/// over all of them.</summary>
internal sealed class InstanceRunner(CheckEnvironment environment, CheckRecorder recorder)
{
    private const int MostWitnesses = 8;

    /// <summary>Checks the given keys of one instance.</summary>
    public async Task RunAsync(
        InstanceScope scope, IReadOnlyList<ManagedKey> keys, IProgress<PassStep> progress, CancellationToken cancellationToken)
    {
        var status = await LoadAsync(scope, cancellationToken);
        if (InstancePause.Until(status, environment.Time.GetUtcNow()) is { } notBefore)
        {
            scope.Pacer.PauseUntil(notBefore);
        }

        if (NeedsControl(scope, status))
        {
            await ControlOnceAsync(scope, cancellationToken);
        }

        await new InstancePass(scope, recorder, progress).RunAsync(keys, cancellationToken);
        var witnesses = await recorder.IsInDoubtAsync(scope, cancellationToken) ? Witnesses(scope, keys) : [];
        if (witnesses.Length > 0)
        {
            await new InstancePass(scope.WithoutCadence(), recorder, new Progress<PassStep>()).RunAsync(witnesses, cancellationToken);
        }

        await recorder.FinishAsync(scope, keys.Count + witnesses.Length - scope.Rested, cancellationToken);
    }

    // Few keys are due at a time in a service: whether these are dead or their provider is out of its mind, others of the instance can
    // tell.
    private ManagedKey[] Witnesses(InstanceScope scope, IReadOnlyList<ManagedKey> keys)
    {
        var asked = keys.Select(key => key.Id).ToHashSet();
        ManagedKey[] others =
        [
            .. environment.Inventories.Inventory.Keys
                .Where(key => key.Provider == scope.Instance.Name && key.IsLookedAfter && !asked.Contains(key.Id)),
        ];
        environment.Random.Shuffle(others);
        return others[..Math.Min(others.Length, MostWitnesses)];
    }

    private bool NeedsControl(InstanceScope scope, InstanceStatus status) =>
        NegativeControl.IsNeeded(scope.Instance, scope.Provider) && NegativeControl.IsDue(status, environment.Time.GetUtcNow());

    // Parts of the inventory are passed over side by side: one control serves them all.
    private async Task ControlOnceAsync(InstanceScope scope, CancellationToken cancellationToken)
    {
        await scope.Pacer.Alone.EnterAsync(cancellationToken);
        try
        {
            if (NeedsControl(scope, await LoadAsync(scope, cancellationToken)))
            {
                await ControlAsync(scope, cancellationToken);
            }
        }
        finally
        {
            scope.Pacer.Alone.Leave();
        }
    }

    private async Task<InstanceStatus> LoadAsync(InstanceScope scope, CancellationToken cancellationToken)
    {
        await using var transaction = await environment.State.BeginReadAsync(cancellationToken);
        return await InstanceTable.LoadAsync(transaction, scope.Instance.Name, cancellationToken);
    }

    private async Task ControlAsync(InstanceScope scope, CancellationToken cancellationToken)
    {
        var key = NegativeControl.MakeKey(scope.Provider, environment.Random);
        ProbeResult result;
        using (var turn = await scope.Pacer.EnterAsync(scope.TimeLeft, cancellationToken))
        {
            if (turn is null)
            {
                return;
            }

            result = await environment.Validator.ProbeAsync(scope.Instance, key, ProbeConnection.Fresh, cancellationToken);
            scope.Note(result);
        }

        await using var transaction = await environment.State.BeginWriteAsync(cancellationToken);
        var status = await InstanceTable.LoadAsync(transaction, scope.Instance.Name, cancellationToken);
        status = InstancePause.Remember(NegativeControl.Record(status, result), result.RetryAt, result.At);
        await InstanceTable.SaveAsync(transaction, status, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
