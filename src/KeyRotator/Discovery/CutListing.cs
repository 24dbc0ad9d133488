using System.Runtime.CompilerServices;
using KeyRotator.Stores;

namespace KeyRotator.Discovery;

/// <summary>A listing that ends where it fails, and remembers why: what came before counts.</summary>
internal sealed class CutListing(IAsyncEnumerable<ListedSecret> secrets)
{
    /// <summary>What cut it short, or null.</summary>
    public SecretStoreException? Failure { get; private set; }

    /// <summary>The secrets up to the end or the failure.</summary>
    public async IAsyncEnumerable<ListedSecret> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var all = secrets.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(all))
        {
            yield return all.Current;
        }
    }

    private async Task<bool> NextAsync(IAsyncEnumerator<ListedSecret> all)
    {
        try
        {
            return await all.MoveNextAsync();
        }
        catch (SecretStoreException cut)
        {
            Failure = cut;
            return false;
        }
    }
}
