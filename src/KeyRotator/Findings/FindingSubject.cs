namespace KeyRotator.Findings;

/// <summary>What kind of thing a finding is about.</summary>
public enum SubjectKind
{
    /// <summary>A managed key.</summary>
    Key = 0,

    /// <summary>A provider instance.</summary>
    Provider,

    /// <summary>A configured store.</summary>
    Store,

    /// <summary>A configured alert channel.</summary>
    Channel,

    /// <summary>The audit of this installation.</summary>
    Audit,
}

/// <summary>What a finding is about: a key by its id, or a provider instance, store or channel by its configured name.</summary>
public readonly record struct FindingSubject(SubjectKind Kind, string Name)
{
    /// <summary>A managed key.</summary>
    public static FindingSubject Key(string id) => new(SubjectKind.Key, id);

    /// <summary>A provider instance.</summary>
    public static FindingSubject Provider(string instance) => new(SubjectKind.Provider, instance);

    /// <summary>A configured store.</summary>
    public static FindingSubject Store(string name) => new(SubjectKind.Store, name);

    /// <summary>A configured alert channel.</summary>
    public static FindingSubject Channel(string name) => new(SubjectKind.Channel, name);

    /// <summary>The audit of this installation.</summary>
    public static FindingSubject Audit => new(SubjectKind.Audit, "audit");

    /// <inheritdoc />
    public override string ToString() => $"{Kind}:{Name}";
}
