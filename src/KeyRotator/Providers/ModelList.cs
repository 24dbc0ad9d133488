namespace KeyRotator.Providers;

/// <summary>The models that a key may use, as its provider lists them.</summary>
/// <param name="Models">In the vendor's order.</param>
/// <param name="IsWhole">False where the list was cut by a page or filtered by scope: a model that is not in it may exist all the
/// same.</param>
public sealed record ModelList(IReadOnlyList<ListedModel> Models, bool IsWhole);

/// <summary>One model of a list.</summary>
/// <param name="Id">As requests name it.</param>
/// <param name="Aliases">Other names for it.</param>
/// <param name="IsDeprecated">By the vendor's own field.</param>
/// <param name="ShutdownAt">When it stops answering (UTC), or null where no date is given.</param>
/// <param name="Replacement">What the vendor recommends instead, or null.</param>
public sealed record ListedModel(
    string Id, IReadOnlyList<string> Aliases, bool IsDeprecated = false, DateTimeOffset? ShutdownAt = null, string? Replacement = null);
