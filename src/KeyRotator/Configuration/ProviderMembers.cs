using KeyRotator.Configuration.Shapes;

namespace KeyRotator.Configuration;

/// <summary>The members of a provider instance.</summary>
internal static class ProviderMembers
{
    private static readonly string s_secretHeaders =
        AnyCase(".*(authorization|cookie|api[-_]?key|token|secret|password|credential|signature)");
    private static readonly string s_framingHeaders = AnyCase("(host|connection|content-.*|transfer-encoding|upgrade|te|trailer)$");

    private static readonly NameRule s_headers = new(
        "the name of a header that may be set here: no secret goes into one (keys come from stores), and none that frames the request",
        $"^(?!{s_secretHeaders})(?!{s_framingHeaders})[A-Za-z0-9!#$%&'*+.^_`|~-]{{1,100}}$");

    private static readonly ScalarShape<bool> s_probe = Values.OneOf(["models", "none"], static word => word == "models");

    /// <summary>An instance of any of these kinds.</summary>
    public static ObjectShape<ProviderDraft> Shape(IReadOnlyList<ProviderKind> kinds) =>
        new ObjectShape<ProviderDraft>("provider", static _ => new())
            .Optional("kind", "What issues the keys. Default: the instance's name, where that is a kind.",
                Values.OneOf([.. kinds.Select(kind => kind.Name)]),
                static (instance, kind) => instance.Kind = kind)
            .Optional("baseUrl", "Base URL as that vendor's SDK takes it. Default: the vendor's own.",
                Values.BaseUrl.Located(), static (instance, url) => instance.BaseUrl = url)
            .Optional("endpoint", "Another word for baseUrl.", Values.BaseUrl.Located(), static (instance, url) => instance.BaseUrl = url)
            .Optional("region", "Region, where it is part of the credential.", Values.Text,
                static (instance, text) => instance.Region = text)
            .Optional("organization", "Organisation sent along.", Values.Text, static (instance, text) => instance.Organization = text)
            .Optional("project", "Project sent along.", Values.Text, static (instance, text) => instance.Project = text)
            .Optional("headers", "Further request headers. No secrets.",
                new MapShape<string>(s_headers, Values.HeaderValue) { Comparer = StringComparer.OrdinalIgnoreCase },
                static (instance, headers) => instance.Headers = headers)
            .Optional("requestsPerMinute", "Most probes a minute over all keys of the instance. Default: no cap.",
                Values.Count(1, 1_000_000).Located(),
                static (instance, count) => instance.RequestsPerMinute = count)
            .Optional("checkEvery", "Time between probes of each key of the instance. Default: the key's own.",
                Values.Duration(TimeSpan.FromSeconds(30)).Located(),
                static (instance, span) => instance.CheckEvery = span)
            .Optional("control", "Whether a made-up key is probed now and then, to see that it is not accepted. Default on.",
                Values.Switch, static (instance, flag) => instance.Control = flag)
            .Optional("probe", "How keys are proven: by the models call, or not at all. Default models.",
                s_probe, static (instance, flag) => instance.Probe = flag)
            .Optional("allowInsecure", "Whether plain http to a host that is not loopback is meant. Default false.",
                Values.Flag, static (instance, flag) => instance.AllowInsecure = flag)
            .NotBoth("baseUrl", "endpoint");

    // JSON Schema's patterns know no option for it.
    private static string AnyCase(string pattern) =>
        string.Concat(pattern.Select(letter => char.IsLower(letter) ? $"[{char.ToUpperInvariant(letter)}{letter}]" : $"{letter}"));
}
