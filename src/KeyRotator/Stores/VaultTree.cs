using System.Net;
using System.Runtime.CompilerServices;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Lists an engine's secrets, folder by folder.</summary>
internal sealed class VaultTree(VaultApi api)
{
    private const int Deepest = 32;
    private const int Most = 100_000;

    /// <summary>The paths below the mount that start with a prefix.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="prefix">Beginning of the paths.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="skipped">Told of folders below the first that the identity may not list, and that are left out.</param>
    /// <exception cref="SecretStoreException">The first folder may not be listed, or there is more than any configuration
    /// means.</exception>
    public async IAsyncEnumerable<string> ListAsync(
        VaultEngine engine,
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken,
        Action<VaultRequest>? skipped = null)
    {
        var start = prefix[..(prefix.LastIndexOf('/') + 1)];
        var left = new Stack<string>([start]);
        for (var count = 0; left.TryPop(out var folder);)
        {
            var keys = await KeysAsync(engine, folder, folder == start, cancellationToken, null, skipped);
            var paths = keys.Select(key => folder + key).Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).ToList();
            foreach (var path in paths.Where(path => !path.EndsWith('/')).Order(StringComparer.Ordinal))
            {
                RequireBounded(++count, folder);
                yield return path;
            }

            foreach (var below in paths.Where(path => path.EndsWith('/')).OrderDescending(StringComparer.Ordinal))
            {
                left.Push(below);
            }
        }
    }

    /// <summary>The names in a folder, folders with a slash at the end; none where it is absent.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync(
        VaultEngine engine,
        string folder,
        bool isFirst,
        CancellationToken cancellationToken,
        SecretLocation? location = null,
        Action<VaultRequest>? skipped = null)
    {
        var request = Request(engine, folder, location);
        using var answer = await api.SendAsync(request, cancellationToken);
        if (answer.Status is HttpStatusCode.Forbidden && !isFirst)
        {
            skipped?.Invoke(request);
            return [];
        }

        using var document = VaultWire.Parse(answer.Body);
        if (answer.Status is HttpStatusCode.NotFound && VaultWire.ComplaintOf(answer.Body) is VaultComplaint.None && document is not null)
        {
            return [];
        }

        var data = answer.Status is HttpStatusCode.OK ? VaultWire.Of(document).Member("data") : null;
        return data is null ? throw api.Fail(request, answer) : data.List("keys");
    }

    /// <summary>The call that lists a folder.</summary>
    public static VaultRequest Request(VaultEngine engine, string folder, SecretLocation? location = null) =>
        new("list", location, HttpMethod.Get, engine.Metadata(folder)) { Query = "?list=true", Capabilities = ["list"] };

    private void RequireBounded(int count, string folder)
    {
        if (count > Most || folder.Count(character => character is '/') > Deepest)
        {
            throw new SecretStoreException(
                api.Store, "list", null, isTransient: false,
                $"there are more than {Most} secrets, or folders deeper than {Deepest}: give a longer prefix.");
        }
    }
}
