namespace KeyRotator.Demo;

/// <summary>Made-up keys in the vendors' shapes. None of them ever existed.</summary>
internal static class DemoKeys
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A new key in the shape of an emulated provider.</summary>
    public static string Create(string provider, Random random)
    {
        return provider switch
        {
            "mistral" => Text(32),
            "openai" => $"sk-proj-{Text(74)}T3BlbkFJ{Text(74)}",
            "anthropic" => $"sk-ant-api03-{Text(93)}AA",
            "gemini" => $"AQ.Ab8RN6{Text(44)}",
            _ => throw new ArgumentException($"{provider} is not emulated.", nameof(provider)),
        };

        string Text(int length) => new(random.GetItems<char>(Letters, length));
    }
}
