using KeyRotator.Ledger;
using KeyRotator.Providers;
using KeyRotator.State;

namespace KeyRotator.Validation;

/// <summary>Brings what is recorded in line with a configuration that may have changed since.</summary>
internal sealed class InventoryRecorder(CheckEnvironment environment, FindingWriter findings)
{
    /// <summary>Forgets what was learned under an instance's name at another place: trust, outage, verdicts.</summary>
    public async Task ForgetMovedAsync(IReadOnlyCollection<string> instances, CancellationToken cancellationToken)
    {
        if (await MovedAsync(instances, cancellationToken) is not { Count: > 0 } moved)
        {
            return;
        }

        var now = environment.Time.GetUtcNow();
        await using var transaction = await environment.State.BeginWriteAsync(cancellationToken);
        foreach (var instance in moved)
        {
            await InstanceTable.SaveAsync(
                transaction, new InstanceStatus { Provider = instance.Name, Endpoint = EndpointDigest.Of(instance) }, cancellationToken);
            await KeyStatusTable.DisownAsync(transaction, instance.Name, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Resolves the findings about keys that are declared no more, and about instances and stores that no key needs any
    /// more.</summary>
    public async Task ResolveOrphansAsync(CancellationToken cancellationToken)
    {
        var now = environment.Time.GetUtcNow();
        await using var transaction = await environment.State.BeginWriteAsync(cancellationToken);
        var session = findings.Begin(transaction);
        await session.ResolveOrphansAsync(environment.Settings, now, cancellationToken);
        await session.FlushAsync(now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<ProviderInstance>> MovedAsync(
        IReadOnlyCollection<string> instances, CancellationToken cancellationToken)
    {
        var moved = new List<ProviderInstance>();
        await using var transaction = await environment.State.BeginReadAsync(cancellationToken);
        foreach (var instance in instances.Select(name => environment.Settings.Providers[name]))
        {
            var known = await InstanceTable.LoadAsync(transaction, instance.Name, cancellationToken);
            if (known.Endpoint != EndpointDigest.Of(instance))
            {
                moved.Add(instance);
            }
        }

        return moved;
    }
}
