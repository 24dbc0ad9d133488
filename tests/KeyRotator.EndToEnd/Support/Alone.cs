using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Tests that run when all others have ended, one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
