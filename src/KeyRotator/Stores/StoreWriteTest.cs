namespace KeyRotator.Stores;

/// <summary>Tries whether a store can be written, conditionally and with staging where it can, by a secret of its own, which it removes
/// for good whatever happens.</summary>
/// <param name="store">The store.</param>
/// <param name="secret">The secret to make.</param>
/// <param name="run">Tries the steps.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Takes a sentence for the operator that must not wait for the report.</param>
internal sealed class StoreWriteTest(ISecretRemoval store, TrialSecret secret, StoreTestRun run, TimeProvider time, Action<string> tell)
{
    private static readonly TimeSpan s_lateRemoval = TimeSpan.FromSeconds(10);

    private string Name => secret.Location.Name;

    /// <summary>The steps that were tried; what cannot work after a failed one is left out, the removal never.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(CancellationToken cancellationToken)
    {
        await run.TryAsync("look for leftovers", () =>
            new TrialLeftovers(store, secret, time).RemoveAsync(cancellationToken));
        try
        {
            var isSure = await TryWritesAsync(cancellationToken);
            await run.TryAsync($"remove {Name}", () => RemoveAsync(isSure, cancellationToken));
            return run.Steps;
        }
        catch
        {
            await RemoveLateAsync();
            throw;
        }
    }

    private async Task<bool> TryWritesAsync(CancellationToken cancellationToken)
    {
        SecretVersion? first = null;
        if (!await run.TryAsync($"write {Name}", async () => Told(first = await MakeAsync(cancellationToken))))
        {
            return false;
        }

        _ = await run.TryAsync("read it back", () => ReadBackAsync(1, first, cancellationToken))
            && await (first is { } known ? TryFurtherAsync(known, cancellationToken) : TryPlainAsync(cancellationToken));
        return true;
    }

    private async Task<bool> TryFurtherAsync(SecretVersion first, CancellationToken cancellationToken)
    {
        SecretVersion? second = null;
        var isWritten = store is IStagingSecretStore staging
            ? await run.TryAsync("stage a second version", async () => Told(second = await StageAsync(staging, first, cancellationToken)))
                && await run.TryAsync("promote it", async () =>
                {
                    await staging.PromoteAsync(secret.Location, second!.Value, first, cancellationToken);
                    return await ReadBackAsync(2, second, cancellationToken);
                })
            : await run.TryAsync("write a second version where the first is current", async () =>
            {
                second = await store.WriteAsync(Write(2, first), cancellationToken);
                return await ReadBackAsync(2, second, cancellationToken);
            });
        return isWritten
            && await run.TryAsync("refuse a write that expects the first", () => RefuseAsync(first, second, cancellationToken));
    }

    // Nothing can be conditional without versions.
    private Task<bool> TryPlainAsync(CancellationToken cancellationToken) => run.TryAsync("write a second value", async () =>
    {
        await store.WriteAsync(Write(2, null), cancellationToken);
        return $"{await ReadBackAsync(2, null, cancellationToken)}; there are no versions here, so no write is conditional";
    });

    private async Task<SecretVersion?> MakeAsync(CancellationToken cancellationToken) =>
        await store.ReadAsync(secret.Location, null, cancellationToken) is null
            ? await store.WriteAsync(Write(1, null), cancellationToken)
            : throw Failure("write", "a secret of that name is there already, and is left as it is.");

    private async Task<SecretVersion> StageAsync(IStagingSecretStore staging, SecretVersion first, CancellationToken cancellationToken)
    {
        var staged = await staging.StageAsync(Write(2, first), cancellationToken);
        return store is not ISecretDescriber describer
            || (await describer.DescribeAsync(secret.Location, cancellationToken))?.Current == first
            ? staged
            : throw Failure("stage", "readers see it before it is promoted.");
    }

    // By its version, where there is one: a store may show the newest one to readers a little later.
    private async Task<string> ReadBackAsync(int write, SecretVersion? version, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(secret.Location, version, cancellationToken);
        return read?.Value.Reveal() == secret.Value(write).Reveal()
            ? "what was written is there"
            : throw Failure("read", "what is read is not what was written: does something between change it, or answer from memory?");
    }

    private async Task<string> RefuseAsync(SecretVersion first, SecretVersion? second, CancellationToken cancellationToken)
    {
        try
        {
            await store.WriteAsync(Write(3, first), cancellationToken);
        }
        catch (SecretConflictException)
        {
            await ReadBackAsync(2, second, cancellationToken);
            return "refused";
        }

        throw Failure("write", "it was taken: a rotation here could overwrite what somebody else writes in the same moment.");
    }

    private async Task<string> RemoveAsync(bool isSure, CancellationToken cancellationToken)
    {
        try
        {
            await store.RemoveAsync(secret.Location, secret.Values, cancellationToken);
        }
        catch (SecretStoreException failure)
        {
            var advice = $"{failure.Advice} The secret {Name} {(isSure ? "is" : "may be")} left behind: remove it by hand, "
                + "or put that right and run this again in five minutes.";
            throw new SecretStoreException(store.Name, "remove", secret.Location, failure.IsTransient, advice)
            {
                MissingPermission = failure.MissingPermission,
            };
        }

        return await TrialLeftovers.KeptAsync(store, secret.Location, cancellationToken) ?? "nothing is left of it";
    }

    // Interrupted: the caller's token is of no use any more.
    private async Task RemoveLateAsync()
    {
        using var limit = new CancellationTokenSource(s_lateRemoval, time);
        try
        {
            await store.RemoveAsync(secret.Location, secret.Values, limit.Token);
            if (await TrialLeftovers.KeptAsync(store, secret.Location, limit.Token) is { } kept)
            {
                tell($"Store {store.Name}: the secret {Name} is removed: {kept}.");
            }
        }
        catch (Exception fault) when (fault is SecretStoreException or OperationCanceledException)
        {
            tell($"Store {store.Name}: the secret {Name} may be left behind: remove it by hand, or run this again in five minutes.");
        }
    }

    private SecretWrite Write(int write, SecretVersion? expected) =>
        new(secret.Location, secret.Value(write), expected, Guid.NewGuid());

    private static string Told(SecretVersion? version) => version is { } known ? $"version {known}" : "written";

    private SecretStoreException Failure(string operation, string advice) =>
        new(store.Name, operation, secret.Location, isTransient: false, advice);
}
