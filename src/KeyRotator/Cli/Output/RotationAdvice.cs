using KeyRotator.Keys;
using KeyRotator.Rotation;

namespace KeyRotator.Cli.Output;

/// <summary>What happens next with a rotation, and what an operator should do now. Pure.</summary>
internal static class RotationAdvice
{
    /// <summary>One sentence or two, a line each.</summary>
    public static IReadOnlyList<string> Of(KeyRotation rotation, string? revokeUrl, DateTimeOffset now, string? stranded = null)
    {
        var at = revokeUrl is null ? "at the provider" : $"at {revokeUrl}";
        return rotation switch
        {
            { EndedAt: not null } => [$"It ended as {rotation.Phase}: {rotation.Outcome}"],
            _ when stranded is not null => [$"It waits for you: {stranded}"],
            { Needs: { } needs } => [$"It waits for you. {needs}", $"Then: {Resume(rotation)}"],
            { Phase: RotationPhase.Held } => Held(rotation),
            { Phase: RotationPhase.Overlap, RevokedAt: not null } =>
                ["The provider is asked every five minutes whether the old key is dead."],
            { Phase: RotationPhase.Overlap, GraceEndsAt: { } end } when now < end =>
            [
                $"The new key is live. Consumers have until {TimeText.Instant(end)} to pick it up; both keys work.",
                $"Then revoke {rotation.OldFingerprint?.Short} {at}, and say so: keyrotator rotations revoked {rotation.Id}",
            ],
            { Phase: RotationPhase.Overlap } when InUse(rotation) is { } read =>
            [
                $"Somebody else read the old version at {read.Location} on {read.Care.ReadByOthersOn:yyyy-MM-dd}, after it was superseded: "
                    + "find that consumer first.",
                $"Then revoke {rotation.OldFingerprint?.Short} {at}, and say so: keyrotator rotations revoked {rotation.Id}",
            ],
            { Phase: RotationPhase.Overlap } =>
                [$"Revoke {rotation.OldFingerprint?.Short} {at}, and say so: keyrotator rotations revoked {rotation.Id}"],
            { Phase: RotationPhase.OldKeyDead } when CarePlan.IsPurging(rotation) =>
            [
                "The old key is proven dead. The old version is being destroyed; a store that cannot do it now is tried again.",
                $"To leave what is left of it: keyrotator rotations close {rotation.Id} --revoked",
            ],
            { Phase: RotationPhase.OldKeyDead } =>
                ["The old key is proven dead. It is asked once more a day later; nothing is to be done."],
            _ => [$"It goes on {When(rotation, now)}, by `keyrotator run` or the next `check`. Nothing is lost."],
        };
    }

    private static IReadOnlyList<string> Held(KeyRotation rotation)
    {
        var (terms, id) = (rotation.Terms, rotation.Id);
        var due = terms.DueAt is { } dueAt ? $"at {TimeText.Instant(dueAt)}, or by the first `check` after that" : "at once";
        var refuse = $"keyrotator rotations abandon {id}";
        return rotation.AwaitsApproval
            ?
            [
                $"The new key is proven and waits until {TimeText.Instant(terms.LapsesAt)} for somebody else's approval; nothing was "
                    + "changed.",
                $"Somebody else says: keyrotator rotations approve {id}, and it goes live {due}. Or refuses it: {refuse}",
            ]
            : [$"The new key is proven and waits; it goes live {due}. To call it off: {refuse}"];
    }

    private static RotationLocation? InUse(KeyRotation rotation) =>
        rotation.Locations.FirstOrDefault(location => location.Care.ReadByOthersOn is not null);

    private static string When(KeyRotation rotation, DateTimeOffset now) =>
        rotation.NextAt > now ? TimeText.Ago(rotation.NextAt, now) : "now";

    private static string Resume(KeyRotation rotation)
    {
        var resume = $"keyrotator rotations resume {rotation.Id}";
        return rotation.Locations.Any(location => location.Foreign is not null) ? $"{resume} --adopt, or {resume} --overwrite"
            : rotation.Phase is RotationPhase.Held ? $"keyrotator rotations abandon {rotation.Id}, or {resume}"
            : rotation.Needs == RotationPlan.ValueNeeded ? $"{resume} --value"
            : resume;
    }
}
