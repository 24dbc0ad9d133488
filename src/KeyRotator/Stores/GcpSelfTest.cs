using KeyRotator.Keys;
using KeyRotator.Stores.Auth;

namespace KeyRotator.Stores;

/// <summary>Tries what a check of Secret Manager needs, changing nothing.</summary>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
/// <param name="tokens">Where access tokens come from.</param>
/// <param name="parent">What the secrets are under.</param>
/// <param name="run">Tries the steps.</param>
internal sealed class GcpSelfTest(string store, GcpApi api, IGcpTokenSource tokens, string parent, StoreTestRun run)
{
    private static readonly GcpPermission[] s_toRead =
        [GcpPermission.Access, GcpPermission.Get, GcpPermission.ListVersions, GcpPermission.GetVersion];

    private static readonly GcpPermission[] s_toWrite = [GcpPermission.Add, GcpPermission.Update];

    /// <summary>One step each for identity, listing and permissions; the first that fails is the last, but for a missing right to list
    /// where a declared secret can be asked about.</summary>
    public async Task<IReadOnlyList<StoreTestStep>> RunAsync(IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        _ = await run.TryAsync("log in", async () => (await tokens.TokenAsync(refused: null, cancellationToken)).Identity)
            && (await run.TryAsync("reach and list", () => ReachAsync(cancellationToken)) || run.LacksARightAlone(declared))
            && await run.JudgeAsync("permissions", () => PermissionsAsync(declared, cancellationToken));
        return run.Steps;
    }

    private async Task<string> ReachAsync(CancellationToken cancellationToken) =>
        await api.FirstAsync(cancellationToken) is null ? $"{parent}: no secret yet" : parent;

    private async Task<(bool Passed, string Message)> PermissionsAsync(
        IReadOnlyList<SecretLocation> declared, CancellationToken cancellationToken)
    {
        var name = declared is [var one, ..] ? one.Name : (await api.FirstAsync(cancellationToken))?.Name;
        if (name is null)
        {
            return (true, "not tried: there is no secret to ask about");
        }

        var location = new SecretLocation { Store = store, Name = name };
        var all = s_toRead.Concat(s_toWrite).Select(permission => permission.Permission);
        var held = await api.PermissionsAsync(location, all, cancellationToken);
        if (held.Count == 0)
        {
            // What is absent is answered as what may not be touched.
            return (false, $"secret {name} is not there, or nothing of it is allowed: grant {Names([.. s_toRead, .. s_toWrite])}");
        }

        var missing = s_toRead.Where(permission => !held.Contains(permission.Permission)).ToList();
        var unwritable = s_toWrite.Where(permission => !held.Contains(permission.Permission)).ToList();
        return (missing.Count == 0, (missing.Count, unwritable.Count) switch
        {
            (0, 0) => $"secret {name} can be read and written",
            (0, _) => $"secret {name} can be read; to write it, grant {Names(unwritable)}",
            _ => $"secret {name} cannot be read: grant {Names([.. missing, .. unwritable])}",
        });
    }

    private static string Names(IEnumerable<GcpPermission> permissions) =>
        string.Join(", ", permissions.Select(permission => $"{permission.Permission} ({permission.Role})"));
}
