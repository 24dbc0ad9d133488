namespace KeyRotator.State.Copy;

/// <summary>The tables that hold what was observed and decided, in either engine.</summary>
internal static class StateTables
{
    /// <summary>Each behind those that it refers to. Not among them: the installation's own row, the schema's versions, the scheduler's
    /// tables, which every start makes anew.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "key_status", "key_version", "key_transition", "check_run", "finding", "outbox", "outbox_digest", "channel_status",
        "instance_status", "model_list", "discovered_key", "discovery", "store_usage", "rotation", "rotation_location", "rotation_event",
        "secret_lock", Audit, "key_suspension", "audit_proof", "silence", "alert_group", "alert_incident", "heartbeat", "told_state",
        "job_status",
    ];

    /// <summary>The table whose rows are tied to each other.</summary>
    public const string Audit = "audit";

    /// <summary>The tables whose database gives out numbers, and the column that has them. A number is never given out twice, also not one
    /// whose row is gone.</summary>
    public static IReadOnlyDictionary<string, string> Numbered { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["key_transition"] = "id",
        ["check_run"] = "id",
        ["finding"] = "id",
        ["outbox"] = "sequence",
        ["rotation"] = "id",
        ["rotation_event"] = "id",
        ["silence"] = "id",
    };
}
