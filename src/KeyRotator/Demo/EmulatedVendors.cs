using System.Text.Json;

namespace KeyRotator.Demo;

/// <summary>The emulated vendors: short forms of the answers that the providers' own classifiers are tested with.</summary>
internal static class EmulatedVendors
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<EmulatedVendor> All { get; } = [Mistral(), OpenAi(), Anthropic(), Gemini()];

    /// <summary>The vendor of a provider kind.</summary>
    /// <exception cref="ArgumentException">It is not emulated.</exception>
    public static EmulatedVendor Get(string kind) =>
        All.FirstOrDefault(vendor => vendor.Kind == kind) ?? throw new ArgumentException($"{kind} is not emulated.", nameof(kind));

    private static EmulatedVendor Mistral() => new()
    {
        Kind = "mistral",
        BasePath = "/mistral",
        ModelsPath = "/v1/models",
        ReadKey = Bearer,
        Accepted = new(200, """
            {"object": "list", "data": [
              {"id": "mistral-small-2603", "object": "model", "created": 1773100800, "owned_by": "mistralai",
               "aliases": ["mistral-small-latest"], "deprecation": null, "deprecation_replacement_model": null, "type": "base"},
              {"id": "mistral-large-2512", "object": "model", "created": 1764633600, "owned_by": "mistralai",
               "aliases": ["mistral-large-latest"], "deprecation": null, "deprecation_replacement_model": null, "type": "base"},
              {"id": "devstral-medium-2507", "object": "model", "created": 1752105600, "owned_by": "mistralai",
               "aliases": ["devstral-medium-latest"], "deprecation": "2027-01-31T12:00:00Z",
               "deprecation_replacement_model": "devstral-2512", "type": "base"}]}
            """),
        Rejected = _ => new(401, """{"detail": "Unauthorized"}"""),
        ThrottledBody = """{"message": "Rate limit exceeded", "type": "rate_limited", "code": "1300"}""",
    };

    private static EmulatedVendor OpenAi() => new()
    {
        Kind = "openai",
        BasePath = "/openai/v1",
        ModelsPath = "/models",
        ReadKey = Bearer,
        Accepted = new(200, """
            {"object": "list", "data": [
              {"id": "gpt-5", "object": "model", "created": 1754425777, "owned_by": "system", "shutdown_date": null},
              {"id": "gpt-4o-mini", "object": "model", "created": 1721172741, "owned_by": "system", "shutdown_date": null},
              {"id": "davinci-002", "object": "model", "created": 1692634301, "owned_by": "system", "shutdown_date": "2027-09-28"}]}
            """),
        // The vendor repeats what it was sent, and so does this: nothing of it may come out at the other end.
        Rejected = key => new(401, $$$"""
            {"error": {"message": "Incorrect API key provided: {{{JsonEncodedText.Encode(key)}}}.",
              "type": "invalid_request_error", "param": null, "code": "invalid_api_key"}}
            """)
        {
            Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer realm=\"OpenAI API\"" },
        },
        ThrottledBody = """
            {"error": {"message": "Rate limit reached", "type": "requests", "param": null, "code": "rate_limit_exceeded"}}
            """,
    };

    private static EmulatedVendor Anthropic() => new()
    {
        Kind = "anthropic",
        BasePath = "/anthropic",
        ModelsPath = "/v1/models",
        ReadKey = headers => headers.ContainsKey("anthropic-version") ? headers["x-api-key"].ToString() : null,
        Accepted = new(200, """
            {"data": [{"type": "model", "id": "claude-sonnet-4-5-20250929", "display_name": "Claude Sonnet 4.5",
              "created_at": "2025-09-29T00:00:00Z", "max_input_tokens": 200000, "max_tokens": 64000}],
             "has_more": false, "first_id": "claude-sonnet-4-5-20250929", "last_id": "claude-sonnet-4-5-20250929"}
            """)
        {
            Headers = new Dictionary<string, string> { ["anthropic-workspace-id"] = "wrkspc_emulated" },
        },
        Rejected = _ => new(401, """
            {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}, "request_id": "req_emulated"}
            """)
        {
            Headers = new Dictionary<string, string> { ["x-should-retry"] = "false" },
        },
        ThrottledBody = """
            {"type": "error", "error": {"type": "rate_limit_error", "message": "Rate limit exceeded"}, "request_id": "req_emulated"}
            """,
    };

    private static EmulatedVendor Gemini() => new()
    {
        Kind = "gemini",
        BasePath = "/gemini",
        ModelsPath = "/v1beta/models",
        ReadKey = headers => headers["x-goog-api-key"],
        Accepted = new(200, """
            {"models": [
              {"name": "models/gemini-2.5-flash", "version": "001", "displayName": "Gemini 2.5 Flash",
               "inputTokenLimit": 1048576, "outputTokenLimit": 65536, "supportedGenerationMethods": ["generateContent"]},
              {"name": "models/gemini-flash-latest", "version": "latest", "displayName": "Gemini Flash Latest",
               "inputTokenLimit": 1048576, "outputTokenLimit": 65536, "supportedGenerationMethods": ["generateContent"]}]}
            """),
        Rejected = _ => new(400, """
            {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "INVALID_ARGUMENT",
              "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com",
                "metadata": {"service": "generativelanguage.googleapis.com"}}]}}
            """),
        ThrottledBody = """{"error": {"code": 429, "message": "Resource has been exhausted.", "status": "RESOURCE_EXHAUSTED"}}""",
    };

    private static string? Bearer(IHeaderDictionary headers) =>
        headers.Authorization.ToString().Split(' ') is ["Bearer", var key] ? key : null;
}
