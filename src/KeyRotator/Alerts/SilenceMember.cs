namespace KeyRotator.Alerts;

/// <summary>What of a finding a silence looks at. The names, in lower case, are what operators type.</summary>
internal enum SilenceMember
{
    /// <summary>The key's id.</summary>
    Key = 0,

    /// <summary>The provider instance.</summary>
    Provider,

    /// <summary>The key's environment.</summary>
    Environment,

    /// <summary>The key's owner.</summary>
    Owner,

    /// <summary>The reason.</summary>
    Reason,

    /// <summary>The severity.</summary>
    Severity,

    /// <summary>The store of the key's primary location, or the store itself.</summary>
    Store,

    /// <summary>The finding's id as receivers see it.</summary>
    Finding,

    /// <summary>One of the key's labels.</summary>
    Label,
}

/// <summary>Why a text is no match.</summary>
internal enum SilenceMatchFault
{
    /// <summary>It is one.</summary>
    None = 0,

    /// <summary>Neither <c>=</c> nor <c>!=</c> stands in it.</summary>
    NoOperator,

    /// <summary>There is no such member.</summary>
    UnknownMember,

    /// <summary><c>label.</c> and no name.</summary>
    NoLabelName,

    /// <summary>Nothing stands behind the operator.</summary>
    NoValue,

    /// <summary>A <c>*</c> stands before the end, or a control character anywhere.</summary>
    BadValue,

    /// <summary>The value is longer than any name.</summary>
    TooLong,

    /// <summary>There is no such reason.</summary>
    UnknownReason,

    /// <summary>There is no such severity.</summary>
    UnknownSeverity,
}
