using System.Text.Json;
using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>How a key's status stands in its row.</summary>
internal static class KeyStatusRow
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them. The last two follow from the locations
    /// and from the id: they are what is looked for.</summary>
    public const string Columns =
        """
        key_id, provider, version, fingerprint, first_seen_at, foreign_change_at, state, verdict, reason, code, hint, http_status,
        verdict_since, checked_at, probed_at, proven_verdict, proven_reason, proven_hint, proven_at, inconclusive_since,
        wrong_endpoint_since, accepted_at, rejected_since, rejections, last_rejection_at, expires_at, expiry_source, file_expiry,
        declared_expiry, waiting_expiry, account, models, model_list, locations, defect, foreign_format, is_missing, next_check_at,
        is_unread, bucket
        """;

    public static KeyStatus Read(Row row) => new()
    {
        KeyId = row.Key(),
        Provider = row.Text(),
        Version = row.Int(),
        Fingerprint = row.FingerprintOrNull(),
        FirstSeenAt = row.TimeOrNull(),
        ForeignChangeAt = row.TimeOrNull(),
        State = row.Member<KeyState>(),
        Verdict = row.Member<Verdict>(),
        Reason = row.Member<VerdictReason>(),
        Code = row.TextOrNull(),
        Hint = row.TextOrNull(),
        HttpStatus = row.IntOrNull(),
        VerdictSince = row.TimeOrNull(),
        CheckedAt = row.TimeOrNull(),
        ProbedAt = row.TimeOrNull(),
        ProvenVerdict = row.Member<Verdict>(),
        ProvenReason = row.Member<VerdictReason>(),
        ProvenHint = row.TextOrNull(),
        ProvenAt = row.TimeOrNull(),
        InconclusiveSince = row.TimeOrNull(),
        WrongEndpointSince = row.TimeOrNull(),
        AcceptedAt = row.TimeOrNull(),
        RejectedSince = row.TimeOrNull(),
        Rejections = row.Int(),
        LastRejectionAt = row.TimeOrNull(),
        ExpiresAt = row.TimeOrNull(),
        ExpirySource = row.Member<ExpirySource>(),
        FileExpiry = row.TimeOrNull(),
        DeclaredExpiry = row.TimeOrNull(),
        WaitingExpiry = row.TimeOrNull(),
        Account = row.TextOrNull(),
        Models = ReadModels(row.TextOrNull(), row.TextOrNull()),
        Locations = LocationsColumn.Read(row.TextOrNull()),
        Defect = row.Member<Secrets.SecretDefect>(),
        ForeignFormat = row.TextOrNull(),
        IsMissing = row.Flag(),
        NextCheckAt = row.TimeOrNull(),
    };

    public static Statement Set(Statement statement, KeyStatus status) => statement
        .Set("@key_id", status.KeyId.Value)
        .Set("@provider", status.Provider)
        .Set("@version", status.Version)
        .Set("@fingerprint", status.Fingerprint)
        .Set("@first_seen_at", status.FirstSeenAt)
        .Set("@foreign_change_at", status.ForeignChangeAt)
        .Set("@state", status.State)
        .Set("@verdict", status.Verdict)
        .Set("@reason", status.Reason)
        .Set("@code", status.Code)
        .Set("@hint", status.Hint)
        .Set("@http_status", status.HttpStatus)
        .Set("@verdict_since", status.VerdictSince)
        .Set("@checked_at", status.CheckedAt)
        .Set("@probed_at", status.ProbedAt)
        .Set("@proven_verdict", status.ProvenVerdict)
        .Set("@proven_reason", status.ProvenReason)
        .Set("@proven_hint", status.ProvenHint)
        .Set("@proven_at", status.ProvenAt)
        .Set("@inconclusive_since", status.InconclusiveSince)
        .Set("@wrong_endpoint_since", status.WrongEndpointSince)
        .Set("@accepted_at", status.AcceptedAt)
        .Set("@rejected_since", status.RejectedSince)
        .Set("@rejections", status.Rejections)
        .Set("@last_rejection_at", status.LastRejectionAt)
        .Set("@expires_at", status.ExpiresAt)
        .Set("@expiry_source", status.ExpirySource)
        .Set("@file_expiry", status.FileExpiry)
        .Set("@declared_expiry", status.DeclaredExpiry)
        .Set("@waiting_expiry", status.WaitingExpiry)
        .Set("@account", status.Account)
        .Set("@models", WriteModels(status.Models))
        .Set("@model_list", status.Models.ListDigest)
        .Set("@locations", LocationsColumn.Write(status.Locations))
        .Set("@defect", status.Defect)
        .Set("@foreign_format", status.ForeignFormat)
        .Set("@is_missing", status.IsMissing)
        .Set("@next_check_at", status.NextCheckAt)
        .Set("@is_unread", status.Locations.Any(location => location.UnreadSince is not null))
        .Set("@bucket", KeyBucket.Of(status.KeyId));

    // The list's digest has a column of its own, by which lists that nobody refers to are found.
    private static string? WriteModels(ModelFacts models) => models is { Missing.Count: 0, Deprecated.Count: 0, Floating.Count: 0 }
        ? null
        : JsonSerializer.Serialize(models with { ListDigest = null }, StateJson.Default.ModelFacts);

    private static ModelFacts ReadModels(string? json, string? digest)
    {
        var models = json is null ? ModelFacts.None : JsonSerializer.Deserialize(json, StateJson.Default.ModelFacts) ?? ModelFacts.None;
        return digest is null ? models : models with { ListDigest = digest };
    }
}
