using System.Globalization;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Keeps the writers of one secret apart, by an annotation under the secret's tag: adding a version has no condition.</summary>
internal sealed class GcpLeases(string store, GcpApi api, TimeProvider time)
{
    // Longer than one addition with all its repeats can take.
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(3);

    private readonly string _owner = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Refuses a write or a removal while another process writes the secret.</summary>
    /// <exception cref="SecretStoreException">It does, or did when it stopped.</exception>
    public void RefuseOthers(string operation, SecretLocation location, GcpLease? lease)
    {
        if (lease is not null && lease.Owner != _owner && lease.Until > time.GetUtcNow())
        {
            throw new SecretStoreException(store, operation, location, isTransient: true, string.Create(
                CultureInfo.InvariantCulture,
                $"another KeyRotator is writing it, or was when it stopped: until {lease.Until:HH:mm:ss} UTC."));
        }
    }

    /// <summary>Takes the lease; null where the secret changed under us.</summary>
    public Task<GcpSecret?> TakeAsync(
        SecretWrite write, GcpSecret? secret, GcpMarks marks, long highest, CancellationToken cancellationToken)
    {
        var leased = marks with { Lease = new(write.Token, _owner, time.GetUtcNow() + s_lease, highest) };
        return secret is null
            ? api.CreateAsync(write.Location, leased.In(new Dictionary<string, string>()), cancellationToken)
            : api.PatchAsync(write.Location, secret, secret with { Annotations = leased.In(secret.Annotations) }, cancellationToken);
    }
}
