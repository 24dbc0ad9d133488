using System.Runtime.CompilerServices;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Lists an engine's secrets with their custom metadata. No listing tells it, so each secret is asked for: a prefix keeps that
/// small.</summary>
internal sealed class VaultTaggedListing(VaultApi api, VaultTree tree, VaultMetadata metadata)
{
    private const int AtOnce = 16;

    /// <summary>The secrets of an engine whose paths start with a prefix.</summary>
    /// <param name="engine">An engine of version 2.</param>
    /// <param name="front">What names have before the path.</param>
    /// <param name="prefix">Beginning of the paths.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="SecretStoreException">The server could not answer; or, after all others, a folder or secret may not be looked
    /// into.</exception>
    public async IAsyncEnumerable<ListedSecret> ListAsync(
        VaultEngine engine, string front, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<string?> refused = [];
        var paths = tree.ListAsync(
            engine, prefix, cancellationToken, request => refused.Add(VaultPolicy.Stanza(request)));
        await foreach (var chunk in paths.Chunk(AtOnce).WithCancellation(cancellationToken))
        {
            foreach (var (secret, failure) in await Task.WhenAll(chunk.Select(path => AskAsync(engine, front, path, cancellationToken))))
            {
                if (failure is not null)
                {
                    refused.Add(failure.MissingPermission);
                }

                if (secret is not null)
                {
                    yield return secret;
                }
            }
        }

        if (refused.Count > 0)
        {
            const string Advice = "folders or secrets below may not be looked into: allow it, or give a `prefix` that leaves them out.";
            throw new SecretStoreException(api.Store, "list", null, isTransient: false, $"{refused.Count} {Advice}")
            {
                MissingPermission = refused.OfType<string>().FirstOrDefault(),
            };
        }
    }

    // One that was deleted since the listing is neither.
    private async Task<(ListedSecret? Secret, SecretStoreException? Failure)> AskAsync(
        VaultEngine engine, string front, string path, CancellationToken cancellationToken)
    {
        var location = new SecretLocation { Store = api.Store, Name = front + path };
        try
        {
            var found = await metadata.DescribeAsync(new(engine, path, location), cancellationToken);
            return (found is null ? null : new ListedSecret(location.Name, found.Current) { Tags = found.Tags }, null);
        }
        catch (SecretStoreException failure) when (!failure.IsTransient)
        {
            return (null, failure);
        }
    }
}
