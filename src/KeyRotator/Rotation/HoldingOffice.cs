using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Rotation;

/// <summary>Looks at the place where a candidate is to wait for its time or an approval, and refuses what is not for it.</summary>
internal sealed class HoldingOffice(RotationDesk desk)
{
    private readonly LocationReader _reader = new(desk);

    /// <summary>Whether a candidate has to wait at all.</summary>
    public static bool Waits(RotationRequest request) => request.At is not null || request.Key.Policy.Approvals > 0;

    /// <summary>What is wrong with what was asked for, before anything is looked at: one sentence each.</summary>
    public static IEnumerable<string> Faults(RotationRequest request, DateTimeOffset now)
    {
        if (request.At is { } at && at <= now)
        {
            yield return $"--at {at:yyyy-MM-dd'T'HH:mm:ss}Z is past.";
        }

        if (request.At > now + RotationTerms.Longest)
        {
            yield return $"--at {request.At:yyyy-MM-dd'T'HH:mm:ss}Z is more than {RotationTerms.Longest.Days} days ahead: no value waits so "
                + "long.";
        }

        if (request is { At: not null, IsEmergency: true })
        {
            yield return "--at and --emergency contradict each other: a key that has leaked is replaced now.";
        }

        if (Waits(request) && request.Key.Holding is null)
        {
            var why = request.Key.Policy.Approvals > 0 ? "an approval, which it needs" : "its time";
            yield return $"{request.Key.Id} has no place where its new value could wait for {why}: give it "
                + "`holding: { store: …, name: … }` in the configuration, a place of its own in a store that can be written. It never waits "
                + "in the database.";
        }
    }

    /// <summary>When it may go live, and by whose word.</summary>
    public static RotationTerms TermsOf(RotationRequest request, DateTimeOffset now) => new()
    {
        Submitter = request.Submitter,
        DueAt = request.At,
        LapsesAt = Waits(request) ? RotationTerms.LapseOf(now, request.At) : null,
        Approvals = request.Key.Policy.Approvals,
    };

    /// <summary>The place as it stands; null where nothing waits, or something is wrong, which is added to the faults.</summary>
    public async Task<RotationLocation?> PlanAsync(
        RotationRequest request, Fingerprint candidate, List<string> faults, CancellationToken cancellationToken)
    {
        faults.AddRange(Faults(request, desk.Time.GetUtcNow()));
        if (!Waits(request) || request.Key.Holding is not { } place)
        {
            return null;
        }

        if (desk.Stores[place.Store] is not IWritableSecretStore { Capabilities.ReadOnly: false })
        {
            faults.Add($"{place} cannot be written: store {place.Store} is read-only.");
            return null;
        }

        try
        {
            var held = new RotationLocation { Ordinal = RotationLocation.HeldOrdinal, Location = place };
            var seen = await _reader.LookAsync(held, cancellationToken);
            if (seen.Print is { } print && print != candidate && !await IsOursAsync(request.Key.Id, place, print, cancellationToken))
            {
                faults.Add(
                    $"{place}, where the new value is to wait, holds a value ({print.Short}) that never waited there for {request.Key.Id}. "
                    + "Look whose it is; it is never overwritten.");
            }

            return held with { Before = seen.Print, BaseVersion = seen.Version };
        }
        catch (SecretStoreException failure)
        {
            faults.Add(failure.Message);
            return null;
        }
    }

    private async Task<bool> IsOursAsync(KeyId key, SecretLocation place, Fingerprint print, CancellationToken cancellationToken)
    {
        await using var transaction = await desk.State.BeginReadAsync(cancellationToken);
        return print == desk.Fingerprinter.Of(ReleaseWork.Nothing)
            || await RotationLocationTable.WasHeldAsync(transaction, key, place, print, cancellationToken);
    }
}
