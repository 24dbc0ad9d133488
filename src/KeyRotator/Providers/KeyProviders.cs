using KeyRotator.Secrets;

namespace KeyRotator.Providers;

/// <summary>Every provider there is: one line each.</summary>
internal static class KeyProviders
{
    /// <summary>All of them, in the order of <c>providers list</c>.</summary>
    public static IReadOnlyList<IKeyProvider> All { get; } =
    [
        new OpenAiProvider(),
        new AnthropicProvider(),
        new GeminiProvider(),
        new XaiProvider(),
        new GroqProvider(),
        new MistralProvider(),
        new CohereProvider(),
        new DeepSeekProvider(),
        new HuggingFaceProvider(),
        new AzureOpenAiProvider(),
        new BedrockProvider(),
        new UnifiedProvider(),
        new OpenRouterProvider(),
        new TogetherProvider(),
        new FireworksProvider(),
        new PerplexityProvider(),
        new ReplicateProvider(),
        new CerebrasProvider(),
        new NvidiaProvider(),
        new VoyageProvider(),
        new ElevenLabsProvider(),
        new OpenAiCompatibleProvider(),
        new AnyscaleProvider(),
    ];

    private static readonly Dictionary<string, IKeyProvider> s_byKind = All.ToDictionary(provider =>
        provider.Kind, StringComparer.OrdinalIgnoreCase);

    /// <summary>The provider of a kind, in any case, or null.</summary>
    public static IKeyProvider? Find(string kind) => s_byKind.GetValueOrDefault(kind);

    /// <summary>The provider whose key an environment variable holds by that provider's documents, or null. Case counts.</summary>
    public static IKeyProvider? ForVariable(string name) =>
        All.FirstOrDefault(provider => provider.Profile.Variables.Contains(name, StringComparer.Ordinal));

    /// <summary>The provider and format that a value's shape can only belong to, or null where it tells nothing.</summary>
    public static KeyFormatMatch? ForFormat(SecretValue key)
    {
        var text = key.Reveal();
        foreach (var provider in All)
        {
            foreach (var format in provider.Profile.Formats)
            {
                if (format.IsDistinctive && format.Pattern.IsMatch(text))
                {
                    return new KeyFormatMatch(provider, format);
                }
            }
        }

        return null;
    }

    /// <summary>Name of the provider's first format that the value matches, or null.</summary>
    public static string? FormatOf(IKeyProvider provider, SecretValue key)
    {
        var text = key.Reveal();
        foreach (var format in provider.Profile.Formats)
        {
            if (format.Pattern.IsMatch(text))
            {
                return format.Name;
            }
        }

        return null;
    }
}

/// <summary>A value's shape, recognised.</summary>
/// <param name="Provider">Whose keys look so.</param>
/// <param name="Format">Which of its shapes.</param>
internal sealed record KeyFormatMatch(IKeyProvider Provider, KeyFormat Format);
