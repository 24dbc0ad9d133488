namespace KeyRotator.Audit;

/// <summary>Names of acts, and of what they are done to. A contract: names are added, never changed.</summary>
internal static class AuditActs
{
    /// <summary>An operator handed in a replacement.</summary>
    public const string RotationOpened = "rotation.opened";

    /// <summary>An operator decided something about an open rotation.</summary>
    public const string RotationDecided = "rotation.decided";

    /// <summary>A write to a store is about to begin. Recorded before it: what it did, the next step tells.</summary>
    public const string RotationWriteBegun = "rotation.write-begun";

    /// <summary>Something happened in a rotation.</summary>
    public const string RotationStep = "rotation.step";

    /// <summary>A rotation came to its end.</summary>
    public const string RotationEnded = "rotation.ended";

    /// <summary>An operator let go of a key that was found by tag.</summary>
    public const string KeyForgotten = "key.forgotten";

    /// <summary>An operator holds a key: it is not probed and alerts nobody.</summary>
    public const string KeySuspended = "key.suspended";

    /// <summary>A key is held no more: an operator said so, or its time was over.</summary>
    public const string KeyResumed = "key.resumed";

    /// <summary>The service began to work.</summary>
    public const string ServiceStarted = "service.started";

    /// <summary>A changed configuration was put in force.</summary>
    public const string ConfigurationReloaded = "configuration.reloaded";

    /// <summary>Old rows of the audit were removed.</summary>
    public const string AuditPruned = "audit.pruned";

    /// <summary>A store was tried with a secret of its own, which was made, written anew and removed.</summary>
    public const string StoreTried = "store.tried";

    /// <summary>A trial message was sent to a channel.</summary>
    public const string ChannelTried = "channel.tried";

    /// <summary>An operator lets a channel have messages again that asked for no more.</summary>
    public const string ChannelEnabled = "channel.enabled";

    /// <summary>An operator removed what a rotation left in a store.</summary>
    public const string MarksClosed = "marks.closed";

    /// <summary>An operator looks after a finding for a while.</summary>
    public const string FindingAcknowledged = "finding.acknowledged";

    /// <summary>An operator looks after a finding no more.</summary>
    public const string FindingReleased = "finding.released";

    /// <summary>An operator wants to hear nothing of some findings for a while.</summary>
    public const string SilenceMade = "silence.made";

    /// <summary>An operator ended that before its time.</summary>
    public const string SilenceEnded = "silence.ended";

    /// <summary>Target: a finding that is about no key, by its id as receivers see it.</summary>
    public const string Finding = "Finding";

    /// <summary>Target: a silence, by its number.</summary>
    public const string Silence = "Silence";

    /// <summary>Target: a secret, by its store and name.</summary>
    public const string Secret = "Secret";

    /// <summary>Target: a key, by its id.</summary>
    public const string Key = "Key";

    /// <summary>Target: the configuration in force.</summary>
    public const string Configuration = "Configuration";

    /// <summary>Target: the audit itself.</summary>
    public const string Audit = "Audit";

    /// <summary>Target: a configured store.</summary>
    public const string Store = "Store";

    /// <summary>Target: a configured alert channel.</summary>
    public const string Channel = "Channel";

    /// <summary>Outcome: about to be done.</summary>
    public const string Begun = "Begun";

    /// <summary>Outcome: done.</summary>
    public const string Done = "Done";

    /// <summary>Outcome: tried in vain.</summary>
    public const string Failed = "Failed";
}
