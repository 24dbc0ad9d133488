using System.Text.Json;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Removes a secret that holds nothing but known values: with all versions and metadata, or the one value of an engine of
/// version 1. The engine has no condition for it: what is written between the look and the removal is lost.</summary>
internal sealed class VaultRemovals(VaultApi api, VaultReads reads, VaultMetadata metadata)
{
    private static readonly IReadOnlyList<string> s_delete = ["delete"];

    /// <summary>Removes as <see cref="ISecretRemoval.RemoveAsync"/> says.</summary>
    public async Task RemoveAsync(VaultPath path, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        var isThere = path.Engine.Version == 1
            ? await IsKnownAsync(path, null, known, cancellationToken)
            : await AreKnownAsync(path, known, cancellationToken);
        if (isThere)
        {
            var request = new VaultRequest("remove", path.Location, HttpMethod.Delete, path.Metadata) { Capabilities = s_delete };
            await api.DoAsync(request, cancellationToken);
        }
    }

    // False where there is nothing to remove.
    private async Task<bool> AreKnownAsync(VaultPath path, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        using var answer = await metadata.GetAsync("remove", path, cancellationToken);
        if (answer is null)
        {
            return false;
        }

        using var document = VaultWire.Parse(answer.Body);
        var data = VaultWire.Of(document).Member("data");
        JsonProperty[] versions = [.. data.Member("versions")?.EnumerateObject() ?? default];
        if (versions.Length == 0 && data.Texts("custom_metadata").Keys.SingleOrDefault() != VaultTokens.Entry)
        {
            throw KnownSecrets.Refusal(path.Location, "it has no version yet, so somebody else made it.");
        }

        foreach (var version in versions.Where(version => !VaultWire.Flag(version.Value, "destroyed")))
        {
            if (VaultVersion.Number(new(version.Name)) is not { } number
                || !await IsKnownAsync(path, number, known, cancellationToken))
            {
                throw KnownSecrets.Refusal(path.Location, $"its version {version.Name} is deleted, so it cannot be looked at.");
            }
        }

        return true;
    }

    private async Task<bool> IsKnownAsync(
        VaultPath path, long? version, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        using var secret = await reads.GetAsync("remove", path, version, cancellationToken);
        secret?.RequireOnly(path.Location, known);
        return secret is not null;
    }
}
