using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Removes a secret that holds nothing but known values, without the days of recovery that AWS grants else.</summary>
/// <remarks>AWS has no condition for it: what is added between the look and the removal is lost. Source: AWS Secrets Manager API
/// Reference, <c>DeleteSecret</c>, read 2026-11.</remarks>
internal sealed class AwsSecretRemover(AwsSecretsManagerApi api)
{
    /// <summary>Removes as <see cref="ISecretRemoval.RemoveAsync"/> says.</summary>
    public async Task RemoveAsync(
        SecretLocation location, IReadOnlyCollection<SecretValue> known, CancellationToken cancellationToken)
    {
        if (await api.DescribeAsync("remove", location, cancellationToken) is not { IsDeleted: false } state)
        {
            return;
        }

        var versions = await api.VersionsAsync("remove", location, DateTimeOffset.MinValue, cancellationToken);
        if (state.WriteRefusal is not null || versions.Count == 0)
        {
            throw KnownSecrets.Refusal(location, state.WriteRefusal ?? "it has no version yet, so somebody else made it.");
        }

        foreach (var version in versions)
        {
            using var value = await api.GetAsync("remove", location, version, cancellationToken);
            if (value is not null)
            {
                KnownSecrets.Require(value.Bytes, location, known);
            }
        }

        await api.DeleteAsync(location, cancellationToken);
    }
}
