namespace KeyRotator.Stores;

/// <summary>Tries steps of a store's self test, one after the other, and times them. After the first that fails the rest is left out: it
/// would only repeat the cause.</summary>
internal sealed class StoreTestRun(TimeProvider time)
{
    private readonly List<StoreTestStep> _steps = [];

    /// <summary>What was tried so far.</summary>
    public IReadOnlyList<StoreTestStep> Steps => _steps;

    /// <summary>Whether nothing failed yet.</summary>
    public bool Passes => _steps.TrueForAll(step => step.Passed);

    /// <summary>Tries a step that says what it saw; a failure of the store is a step that did not pass.</summary>
    /// <param name="name">What is tried, in a few words.</param>
    /// <param name="step">Does it, and gives what was seen.</param>
    public async Task TryAsync(string name, Func<Task<string>> step)
    {
        if (!Passes)
        {
            return;
        }

        var started = time.GetTimestamp();
        try
        {
            var seen = await step();
            _steps.Add(new(name, true, seen) { Took = time.GetElapsedTime(started) });
        }
        catch (SecretStoreException failure)
        {
            _steps.Add(new(name, false, failure.FullAdvice) { Took = time.GetElapsedTime(started) });
        }
    }
}
