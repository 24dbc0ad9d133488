using System.Globalization;
using KeyRotator.Expiry;
using KeyRotator.Findings;
using KeyRotator.Keys;

namespace KeyRotator.Validation;

/// <summary>Everything that is wrong with a key, from its status and the time. Pure, and a function of the status alone: a cause that is
/// gone is claimed no more.</summary>
internal static class KeyClaims
{
    /// <summary>The reasons that an assessment speaks for; findings of other reasons are not its to resolve.</summary>
    public static IReadOnlySet<FindingReason> Reasons { get; } = new HashSet<FindingReason>
    {
        FindingReason.KeyRejected, FindingReason.AccountBlocked, FindingReason.KeyRestricted, FindingReason.QuotaExhausted,
        FindingReason.WrongEndpoint, FindingReason.KeyUnverified, FindingReason.SecretMissing, FindingReason.SecretMalformed,
        FindingReason.KeyExpired, FindingReason.KeyExpiring, FindingReason.RotationOverdue, FindingReason.ExpiryUnknown,
        FindingReason.ForeignChange, FindingReason.LocationDrift, FindingReason.KeyShared, FindingReason.ModelMissing,
        FindingReason.ModelDeprecated, FindingReason.ModelFloating,
    };

    /// <summary>Whether an assessment speaks for a finding. A foreign change inside a rotation is the rotation's to tell of.</summary>
    public static bool SpeaksFor(FindingKey finding) =>
        Reasons.Contains(finding.Reason) && (finding.Reason is not FindingReason.ForeignChange || finding.Mark.Length == 0);

    /// <summary>All claims. A suspended key has none.</summary>
    public static IReadOnlyList<FindingClaim> Of(KeyStatus status, ManagedKey key, AssessmentContext context, DateTimeOffset now)
    {
        if (key.Suspended)
        {
            return [];
        }

        var claims = new ClaimList(status, key);
        AddSecret(claims, status, key);
        VerdictClaims.Add(claims, status, key, context, now);
        if (ExpiryLadder.Claim(status, key, now) is { } expiry)
        {
            claims.Add(expiry);
        }

        AddAge(claims, status, key, context, now);
        AddLocations(claims, status, key, now);
        AddSharers(claims, key, context);
        AddModels(claims, status);
        return claims.Claims;
    }

    private static void AddSecret(ClaimList claims, KeyStatus status, ManagedKey key)
    {
        if (key.GoneSince is { } since)
        {
            claims.Add(
                FindingReason.SecretMissing,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Disappeared from discovery, seen {since:yyyy-MM-dd HH:mm} UTC: there is no secret with the tag at {key.Primary} any "
                    + $"more, and the key is not checked. Put secret or tag back, or, where that is meant, `keys forget {key.Id}`."));
            return;
        }

        if (status.IsMissing)
        {
            claims.Add(FindingReason.SecretMissing, $"Nothing is at {key.Primary}. Put the key there, or correct the location.");
            return;
        }

        var fault = status.ForeignFormat is { } other ? $"has the format of a key of {other}" : SecretDefects.Describe(status.Defect);
        if (fault is not null)
        {
            claims.Add(
                FindingReason.SecretMalformed,
                $"The value at {key.Primary} {fault}: it was not sent anywhere. Store the key's exact text.");
        }
    }

    private static void AddAge(ClaimList claims, KeyStatus status, ManagedKey key, AssessmentContext context, DateTimeOffset now)
    {
        if (DueDates.OverdueAt(status, key.Policy) is { } overdueAt && now >= overdueAt)
        {
            claims.Add(
                FindingReason.RotationOverdue,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"In use since {status.FirstSeenAt:yyyy-MM-dd}, longer than the {key.Policy.RotateEvery.TotalDays:0.##} days of "
                    + $"rotateEvery. Replace it."));
        }

        if (status is { Version: > 0, ExpiresAt: null } && context.Profile is { KeysCanExpire: true })
        {
            claims.Add(
                FindingReason.ExpiryUnknown,
                $"Keys of {context.Profile.Title} can expire, and nobody said when this one does. "
                + (key.IsDiscovered ? "Tag its secret with the date." : "Add expires: YYYY-MM-DD to the key."));
        }

        if (status.ForeignChangeAt is { } changedAt && now < changedAt + key.Policy.Grace)
        {
            claims.Add(
                FindingReason.ForeignChange,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The value at {key.Primary} was changed outside a rotation, seen {changedAt:yyyy-MM-dd HH:mm} UTC; "
                    + $"the new value is tracked."));
        }
    }

    private static void AddLocations(ClaimList claims, KeyStatus status, ManagedKey key, DateTimeOffset now)
    {
        foreach (var location in status.Locations)
        {
            if (location.DriftingSince is { } since
                && now >= since + (location.Location.Follows ?? TimeSpan.Zero)
                && location.Location != key.Primary)
            {
                var what = location.Fingerprint is { } print ? $"holds another value ({print.Short}) than" : "is empty, unlike";
                claims.Add(
                    FindingReason.LocationDrift,
                    $"{location.Location} {what} the primary {key.Primary}, since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC. "
                    + "Its consumers may use an old key.",
                    mark: location.Location.ToString());
            }
        }
    }

    private static void AddSharers(ClaimList claims, ManagedKey key, AssessmentContext context)
    {
        if (context.Sharers.Count == 0)
        {
            return;
        }

        var isAcross = context.Sharers.Any(other => other.Environment != key.Environment);
        var others = string.Join(
            ", ", context.Sharers.Select(other => other.Environment is null ? other.Id.Value : $"{other.Id} ({other.Environment})"));
        claims.Add(
            FindingReason.KeyShared,
            $"The same value is managed as {others}. Give each its own key.", isAcross ? Severity.Warning : Severity.Info);
    }

    private static void AddModels(ClaimList claims, KeyStatus status)
    {
        foreach (var model in status.Models.Missing)
        {
            claims.Add(FindingReason.ModelMissing, $"Model {model} is not in the provider's list for this key.", mark: model);
        }

        foreach (var model in status.Models.Deprecated)
        {
            var when = model.At is { } at ? string.Create(CultureInfo.InvariantCulture, $" and stops answering on {at:yyyy-MM-dd}") : "";
            var instead = model.Replacement is null ? "" : $" The provider recommends {model.Replacement}.";
            claims.Add(FindingReason.ModelDeprecated, $"Model {model.Model} is deprecated{when}.{instead}", mark: model.Model);
        }

        foreach (var model in status.Models.Floating)
        {
            claims.Add(
                FindingReason.ModelFloating,
                $"Model {model} is an alias that may come to mean another model; pin a dated one.", mark: model);
        }
    }
}
