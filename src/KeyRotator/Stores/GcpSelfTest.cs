using KeyRotator.Keys;
using KeyRotator.Stores.Auth;

namespace KeyRotator.Stores;

/// <summary>Tries what a check of Secret Manager needs, changing nothing.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
/// <param name="tokens">Where access tokens come from.</param>
/// <param name="parent">What the secrets are under.</param>
internal sealed class GcpSelfTest(string store, GcpApi api, IGcpTokenSource tokens, string parent)
{
    private static readonly GcpPermission[] s_toRead =
        [GcpPermission.Access, GcpPermission.Get, GcpPermission.ListVersions, GcpPermission.GetVersion];

    private static readonly GcpPermission[] s_toWrite = [GcpPermission.Add, GcpPermission.Update];

    /// <summary>One step each for identity, listing and permissions; the first that fails is the last.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(CancellationToken cancellationToken)
    {
        List<StoreTestStep> steps = [];
        Func<Task<StoreTestStep>>[] tries =
            [() => IdentityAsync(cancellationToken), () => ReachAsync(cancellationToken), () => PermissionsAsync(cancellationToken)];
        string[] names = ["log in", "reach and list", "permissions"];
        foreach (var (name, attempt) in names.Zip(tries))
        {
            try
            {
                steps.Add(await attempt());
            }
            catch (SecretStoreException failure)
            {
                var missing = failure.MissingPermission is { } permission ? $" Missing: {permission}." : "";
                steps.Add(new(name, false, failure.Advice + missing));
                return steps;
            }
        }

        return steps;
    }

    private async Task<StoreTestStep> IdentityAsync(CancellationToken cancellationToken) =>
        new("log in", true, (await tokens.TokenAsync(refused: null, cancellationToken)).Identity);

    private async Task<StoreTestStep> ReachAsync(CancellationToken cancellationToken) =>
        new("reach and list", true, await api.FirstAsync(cancellationToken) is null ? $"{parent}: no secret yet" : parent);

    private async Task<StoreTestStep> PermissionsAsync(CancellationToken cancellationToken)
    {
        if (await api.FirstAsync(cancellationToken) is not { } first)
        {
            return new("permissions", true, "not tried: there is no secret to ask about");
        }

        var location = new SecretLocation { Store = store, Name = first.Name };
        var all = s_toRead.Concat(s_toWrite).Select(permission => permission.Permission);
        var held = await api.PermissionsAsync(location, all, cancellationToken);
        var missing = s_toRead.Where(permission => !held.Contains(permission.Permission)).ToList();
        var unwritable = s_toWrite.Where(permission => !held.Contains(permission.Permission)).ToList();
        return new("permissions", missing.Count == 0, (missing.Count, unwritable.Count) switch
        {
            (0, 0) => $"secret {first.Name} can be read and written",
            (0, _) => $"secret {first.Name} can be read; to write it, grant {Names(unwritable)}",
            _ => $"secret {first.Name} cannot be read: grant {Names([.. missing, .. unwritable])}",
        });
    }

    private static string Names(IEnumerable<GcpPermission> permissions) =>
        string.Join(", ", permissions.Select(permission => $"{permission.Permission} ({permission.Role})"));
}
