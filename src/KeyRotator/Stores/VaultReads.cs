using System.Net;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores;

/// <summary>Fetches secrets, and tells absence, deletion and destruction apart.</summary>
internal sealed class VaultReads(VaultApi api, VaultEngines engines)
{
    /// <summary>The secret, or one version of it; null where it is absent. A given version that is deleted or destroyed is
    /// absent.</summary>
    /// <exception cref="SecretStoreException">It could not be read, or its latest version is deleted or destroyed.</exception>
    public async Task<VaultSecret?> GetAsync(string operation, VaultPath path, long? version, CancellationToken cancellationToken)
    {
        var request = new VaultRequest(operation, path.Location, HttpMethod.Get, path.Data)
        {
            Query = version is null ? "" : $"?version={version}",
        };
        using var answer = await api.SendAsync(request, cancellationToken);
        return answer.Status switch
        {
            HttpStatusCode.OK => Parse(path, answer) is { IsGone: false } secret ? secret : throw api.Fail(request, answer),
            HttpStatusCode.NotFound when version is not null => null,
            HttpStatusCode.NotFound => await AbsentAsync(request, path, answer, cancellationToken),
            _ => throw api.Fail(request, answer),
        };
    }

    private static VaultSecret? Parse(VaultPath path, StoreAnswer answer) =>
        path.Engine.Version == 1 ? VaultWire.ReadPlain(answer.Body) : VaultWire.ReadVersioned(answer.Body);

    // Nothing was ever there, or it was deleted, or the path is another engine's.
    private async Task<VaultSecret?> AbsentAsync(
        VaultRequest request, VaultPath path, StoreAnswer answer, CancellationToken cancellationToken)
    {
        if (VaultWire.ComplaintOf(answer.Body) is not VaultComplaint.None || answer.MediaType is not "application/json")
        {
            throw api.Fail(request, answer);
        }

        if (path.Engine.Version == 2 && VaultWire.ReadVersioned(answer.Body) is { Version: { } latest } gone)
        {
            throw api.Fault(request, isTransient: false, gone.IsDestroyed
                ? $"its latest version {latest} is destroyed; write it anew by hand."
                : $"its latest version {latest} is deleted; bring it back with: vault kv undelete -mount={path.Engine.Mount}"
                    + $" -versions={latest} {path.Path}");
        }

        return await engines.ContradictionAsync(request.Operation, request.Location, cancellationToken) is { } contradiction
            ? throw api.Fault(request, isTransient: false, contradiction)
            : null;
    }
}
