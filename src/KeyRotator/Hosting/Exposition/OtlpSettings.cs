using System.Globalization;

namespace KeyRotator.Hosting.Exposition;

/// <summary>Whether and where metrics are sent by OTLP, as OpenTelemetry's own environment variables say. Off without an address.</summary>
internal sealed record OtlpSettings
{
    private const string AnyEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string IntervalVariable = "OTEL_METRIC_EXPORT_INTERVAL";
    private const string DefaultProtocol = "http/protobuf";

    /// <summary>Where they go: with HTTP the whole address, with gRPC that of the server.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Whether gRPC carries them, and not protobuf over HTTP.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>Further headers, as <c>name=value,…</c>, or null. May hold a token: never shown.</summary>
    public string? Headers { get; init; }

    /// <summary>The longest that one export may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between exports.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads them.</summary>
    /// <param name="environment">Looks a variable up.</param>
    /// <returns>Null where nothing is to be sent.</returns>
    /// <exception cref="FormatException">A variable is wrong; the message names it and says what would be right.</exception>
    public static OtlpSettings? Of(Func<string, string?> environment)
    {
        string? Read(string name) => environment(name) is { Length: > 0 } text ? text.Trim() : null;
        string? For(string name) => Read($"{Prefix}METRICS_{name}") ?? Read(Prefix + name);

        var isOff = string.Equals(Read("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
            || Read("OTEL_METRICS_EXPORTER") is not (null or "otlp");
        if (isOff || For("ENDPOINT") is not { } address)
        {
            return null;
        }

        var isGrpc = IsGrpcMeant(For("PROTOCOL") ?? DefaultProtocol);
        var isWhole = isGrpc || Read($"{Prefix}METRICS_ENDPOINT") is not null;
        return new()
        {
            Endpoint = AddressOf(isWhole ? address : address.TrimEnd('/') + "/v1/metrics"),
            IsGrpc = isGrpc,
            Headers = For("HEADERS"),
            Timeout = Milliseconds($"{Prefix}TIMEOUT", For("TIMEOUT"), TimeSpan.FromSeconds(10)),
            Interval = Milliseconds(IntervalVariable, Read(IntervalVariable), TimeSpan.FromSeconds(60)),
        };
    }

    // A wrong address is not shown: it may hold a token.
    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "" }
            ? address
            : throw new FormatException(
                $"{AnyEndpoint} is no address of a collector. Write http://collector:4318, without user and password.");

    private static bool IsGrpcMeant(string protocol) => protocol switch
    {
        DefaultProtocol => false,
        "grpc" => true,
        _ => throw new FormatException($"{Prefix}PROTOCOL is neither {DefaultProtocol} nor grpc."),
    };

    private static TimeSpan Milliseconds(string name, string? text, TimeSpan otherwise) => text switch
    {
        null => otherwise,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 =>
            TimeSpan.FromMilliseconds(number),
        _ => throw new FormatException($"{name} is no number of milliseconds above 0."),
    };
}
