using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Tries steps of a store's self test, and times them.</summary>
internal sealed class StoreTestRun(TimeProvider time)
{
    private readonly List<StoreTestStep> _steps = [];

    /// <summary>What was tried so far.</summary>
    public IReadOnlyList<StoreTestStep> Steps => _steps;

    /// <summary>Whether the last step failed for want of a single right, and something is declared that can be tried without it.</summary>
    public bool LacksARightAlone(IReadOnlyList<SecretLocation> declared) =>
        declared.Count > 0 && _steps is [.., { Passed: false, MissingPermission: not null }];

    /// <summary>Tries a step that says what it saw; a failure of the store is a step that did not pass.</summary>
    /// <param name="name">What is tried, in a few words.</param>
    /// <param name="step">Does it, and gives what was seen.</param>
    /// <returns>Whether it passed: what cannot work after a step that did not is left out.</returns>
    public Task<bool> TryAsync(string name, Func<Task<string>> step) => JudgeAsync(name, async () => (true, await step()));

    /// <summary>The same for a step that also says whether what it saw will do.</summary>
    public async Task<bool> JudgeAsync(string name, Func<Task<(bool Passed, string Message)>> step)
    {
        var started = time.GetTimestamp();
        StoreTestStep seen;
        try
        {
            var (passed, message) = await step();
            seen = new(name, passed, message);
        }
        catch (SecretStoreException failure)
        {
            seen = new(name, Passed: false, failure.FullAdvice) { MissingPermission = failure.MissingPermission };
        }

        _steps.Add(seen with { Took = time.GetElapsedTime(started) });
        return seen.Passed;
    }
}
