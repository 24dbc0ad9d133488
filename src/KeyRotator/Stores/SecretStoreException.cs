using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>A store could not do what was asked. Its message is ours: it holds no value and no text from the wire.</summary>
public class SecretStoreException : Exception
{
    /// <summary>Builds the failure of one operation.</summary>
    /// <param name="store">Name of the configured store.</param>
    /// <param name="operation">What was tried, for example <c>read</c>.</param>
    /// <param name="location">Where, or null where the whole store is meant.</param>
    /// <param name="isTransient">Whether the same call may work later without anybody changing anything.</param>
    /// <param name="advice">What is wrong and what to do, one sentence.</param>
    public SecretStoreException(string store, string operation, SecretLocation? location, bool isTransient, string advice)
        : base($"Store {store}: {operation}{(location is null ? "" : $" of {location}")} failed: {advice}")
    {
        Store = store;
        Operation = operation;
        Location = location;
        IsTransient = isTransient;
        Advice = advice;
    }

    /// <summary>Name of the configured store.</summary>
    public string Store { get; }

    /// <summary>What was tried.</summary>
    public string Operation { get; }

    /// <summary>Where, or null where the whole store is meant.</summary>
    public SecretLocation? Location { get; }

    /// <summary>Whether the same call may work later without anybody changing anything.</summary>
    public bool IsTransient { get; }

    /// <summary>What is wrong and what to do.</summary>
    public string Advice { get; }

    /// <summary>The advice, with the missing permission where there is one: one or two sentences.</summary>
    public string FullAdvice => MissingPermission is null ? Advice : $"{Advice} Missing: {MissingPermission}";

    /// <summary>The line of the store's own policy that is missing, where that is the cause; else null.</summary>
    public string? MissingPermission { get; init; }

    /// <summary>The same failure for another location that the same call was made for.</summary>
    internal SecretStoreException At(SecretLocation location) =>
        location == Location ? this : new(Store, Operation, location, IsTransient, Advice) { MissingPermission = MissingPermission };
}

/// <summary>What is there is not what a write or a removal expected. Nothing was changed.</summary>
public sealed class SecretConflictException(string store, SecretLocation location, string advice, string operation = "write")
    : SecretStoreException(store, operation, location, isTransient: false, advice);
