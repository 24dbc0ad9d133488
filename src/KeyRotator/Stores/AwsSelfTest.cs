using KeyRotator.Stores.Auth;

namespace KeyRotator.Stores;

/// <summary>Tries what a check of Secrets Manager needs, changing nothing.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
/// <param name="access">Region, endpoint and credentials.</param>
/// <param name="run">Tries the steps.</param>
internal sealed class AwsSelfTest(string store, AwsSecretsManagerApi api, AwsAccess access, StoreTestRun run)
{
    /// <summary>One step each for access, identity and listing; without access there are no others.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(CancellationToken cancellationToken)
    {
        if (await run.TryAsync("find region, endpoint and credentials", () => GuardAsync(() => FindAsync(cancellationToken))))
        {
            await run.TryAsync("ask who signs", () => GuardAsync(() => access.DescribeAsync(cancellationToken)));
            await run.TryAsync("list secrets", async () =>
                $"{(await api.ListAsync("list", [], null, cancellationToken)).Secrets.Count} on the first page");
        }

        return run.Steps;
    }

    private async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var keys = await access.KeysAsync(cancellationToken);
        var connection = await access.ConnectAsync(cancellationToken);
        var doubt = connection.Region.DisplayName is "Unknown" ? " (unknown to this version: is it spelt right?)" : "";
        return $"{connection.Region.SystemName}{doubt}, {connection.Endpoint.Authority}, access key id {keys.AccessKey}";
    }

    private async Task<string> GuardAsync(Func<Task<string>> work)
    {
        try
        {
            return await work();
        }
        catch (AwsAccessException fault)
        {
            throw new SecretStoreException(store, "test", null, fault.IsTransient, fault.Message);
        }
    }
}
