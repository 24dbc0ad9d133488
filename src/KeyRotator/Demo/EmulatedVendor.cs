namespace KeyRotator.Demo;

/// <summary>How one vendor's models call looks from outside.</summary>
internal sealed record EmulatedVendor
{
    /// <summary>The provider kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Path of the base URL as the vendor's SDK takes it, below the emulator's address.</summary>
    public required string BasePath { get; init; }

    /// <summary>Path of the models call below <see cref="BasePath"/>.</summary>
    public required string ModelsPath { get; init; }

    /// <summary>The key that a request carries, or null.</summary>
    public required Func<IHeaderDictionary, string?> ReadKey { get; init; }

    /// <summary>The model list.</summary>
    public required EmulatedAnswer Accepted { get; init; }

    /// <summary>The bad-key answer to the given key.</summary>
    public required Func<string, EmulatedAnswer> Rejected { get; init; }

    /// <summary>The body of a 429.</summary>
    public required string ThrottledBody { get; init; }
}

/// <summary>One answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Text of the body.</param>
internal sealed record EmulatedAnswer(int Status, string Body)
{
    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
