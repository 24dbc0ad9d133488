namespace KeyRotator.Stores;

/// <summary>What an error of AWS Secrets Manager means.</summary>
internal enum AwsErrorKind
{
    /// <summary>Known to nobody here.</summary>
    Other = 0,

    /// <summary>No such secret, version or label.</summary>
    Absent,

    /// <summary>The name is taken, or the token was used for another value.</summary>
    Exists,

    /// <summary>A parameter does not fit, or the label is not where the call expected it.</summary>
    Parameter,

    /// <summary>The secret's state forbids it, for example because it is to be deleted.</summary>
    State,

    /// <summary>A quota is used up.</summary>
    Quota,

    /// <summary>The KMS key cannot be used.</summary>
    Encryption,

    /// <summary>The identity's policy does not allow it.</summary>
    Denied,

    /// <summary>The policy allows it, the KMS key's does not.</summary>
    DeniedByKey,

    /// <summary>The credentials or the signature are wrong.</summary>
    Credentials,

    /// <summary>The credentials have expired.</summary>
    Expired,

    /// <summary>Too many calls; nothing was done.</summary>
    Throttled,

    /// <summary>The service failed; what was asked may have been done.</summary>
    Server,
}
