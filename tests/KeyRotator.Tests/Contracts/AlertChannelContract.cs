using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Alerts;
using KeyRotator.Secrets;
using KeyRotator.Tests.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>What every kind of channel keeps: nothing secret leaves, nothing hostile breaks the message, the same alert gives the same
/// message.</summary>
public abstract class AlertChannelContract
{
    private readonly Canary _canary = new();

    public static TheoryData<string, string> HostileNames => new()
    {
        { "a\"},\"type\":\"forged\"", "quotes" },
        { "<!channel> <@U1> @everyone", "mentions" },
        { "a\r\nX-Forged: 1\r\n\r\n", "line breaks" },
        { "<script>alert(1)</script> *bold* [link](https://evil.example)", "markup" },
        { "🔑🔥", "emoji" },
        { "\u202Eevil\u200F", "direction marks" },
        { "half \ud83d of a pair", "a lone surrogate" },
        { "\0\u0007\u001b[31m", "control characters" },
        { new string('x', 10_000), "length" },
        { string.Concat(Enumerable.Repeat("🔑", 5_000)), "length in surrogate pairs" },
    };

    public static TheoryData<AlertKind> Kinds => [.. Enum.GetValues<AlertKind>()];

    /// <summary>The channel.</summary>
    protected abstract IAlertChannel Channel { get; }

    /// <summary>The longest body that the receiver takes, in bytes.</summary>
    protected abstract int MaxBytes { get; }

    /// <summary>What the receiver knows us by, or null. It goes where the vendor wants it.</summary>
    protected virtual string? ApiKey => null;

    /// <summary>Whether people read what it sends as it is; else a program does, and gets the text itself.</summary>
    protected virtual bool IsReadByPeople => true;

    /// <summary>A signing secret, or whatever credential the kind has, that contains the text; null where it has none.</summary>
    protected abstract string? SecretWith(string text);

    [Fact]
    public void Kind_IsLowerCaseAndFound()
    {
        Channel.Kind.ShouldBe(Channel.Kind.ToLowerInvariant());
        AlertChannels.Find(Channel.Kind.ToUpperInvariant()).ShouldBeOfType(Channel.GetType());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task CreateRequest_EveryKind_IsAPostOfValidJsonWithoutSecrets(AlertKind kind)
    {
        using var request = Request(Full(kind));
        var body = await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken);

        request.Method.ShouldBe(HttpMethod.Post);
        Should.NotThrow(() => JsonDocument.Parse(body));
        _canary.ShouldBeAbsentFrom(body);
        _canary.ShouldBeAbsentFrom(string.Join('\n', request.Headers.SelectMany(header => header.Value)));
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public void CreateRequest_HostileName_IsValidJsonAndBounded(string name, string what)
    {
        var finding = AnAlert.Finding(name) with { Message = name, Owner = name, Environment = name, Provider = name };
        var body = Body(AnAlert.Of(AlertKind.Trigger, finding));

        body.Length.ShouldBeLessThanOrEqualTo(MaxBytes, what);
        Should.NotThrow(() => JsonDocument.Parse(body), what);
    }

    [Fact]
    public void CreateRequest_AnyText_IsValidJsonAndBounded() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text =>
        {
            var finding = AnAlert.Finding(text ?? "") with { Message = text ?? "", Owner = text };
            var body = Body(AnAlert.Of(AlertKind.Trigger, finding));
            return body.Length <= MaxBytes && JsonDocument.Parse(body).RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void CreateRequest_HostileText_ChangesNoShapeAndSteersNoEye()
    {
        string[] fragments =
        [
            "<!channel>", "@everyone", "*b*", "_", "`", "<script>", "[a](https://evil.example)", "\u202E", "\u200F", "\u2066", "\u2028",
            "\r\n", "\"}],", "\\", "\0", "\u001b[31m", "&lt;", "{{ .Labels }}", "🔑", "\ud83d", new('x', 10_000), "plain",
        ];
        var hostile = Gen.Elements(fragments).ListOf().Select(parts => "k" + string.Concat(parts)).ToArbitrary();
        Prop.ForAll(hostile, Gen.Elements(Enum.GetValues<AlertKind>()).ToArbitrary(), (text, kind) =>
        {
            var (body, plain) = (BodyOf(Named(kind, text)), BodyOf(Named(kind, "k")));
            return Shape(body).SequenceEqual(Shape(plain), StringComparer.Ordinal) && (!IsReadByPeople || !Texts(body).Any(Steers));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void CreateRequest_DigestOfAThousand_IsBounded()
    {
        var findings = Enumerable.Range(0, 1000).Select(number => AnAlert.Finding($"key-{number}") with { Message = new string('ü', 2000) })
            .ToList();

        Body(AnAlert.Of(AlertKind.Digest, findings)).Length.ShouldBeLessThanOrEqualTo(MaxBytes);
    }

    [Fact]
    public void CreateRequest_DigestWithTheLongestLinks_IsBounded()
    {
        var path = new string('x', 470);
        var findings = Enumerable.Range(0, 1000).Select(number => AnAlert.Finding($"key-{number}") with
        {
            Message = new string('x', 2000),
            ConsoleUrl = $"https://console.example/{path}",
            RunbookUrl = $"https://docs.example/{path}",
        });

        Body(AnAlert.Of(AlertKind.Digest, [.. findings])).Length.ShouldBeLessThanOrEqualTo(MaxBytes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void CreateRequest_SameAlertTwice_HasTheSameBody(AlertKind kind) => Body(Full(kind)).ShouldBe(Body(Full(kind)));

    [Theory]
    [InlineData(AlertKind.Trigger)]
    [InlineData(AlertKind.Reminder)]
    [InlineData(AlertKind.Digest)]
    [InlineData(AlertKind.Withdrawn)]
    [InlineData(AlertKind.Resolved)]
    public void CreateRequest_Trial_SaysThatItIsATest(AlertKind kind)
    {
        var finding = AnAlert.Finding();
        var alert = kind is AlertKind.Digest ? AnAlert.Of(kind, finding, finding) : AnAlert.Of(kind, finding);

        IsMarked(BodyOf(alert with { IsTrial = true })).ShouldBeTrue();
        IsMarked(BodyOf(alert)).ShouldBeFalse();

        static bool IsMarked(JsonElement body) => body.GetRawText().Contains("TEST") || body.GetRawText().Contains("\"trial\":true");
    }

    [Fact]
    public void ReadAnswer_Gone_IsTheEndOfTheChannel() => Channel.ReadAnswer(410, []).ShouldBe(DeliveryOutcome.Gone);

    [Fact]
    public void ReadAnswer_AnyAnswer_NeverThrowsAndOnlySuccessDelivers() =>
        Prop.ForAll(Gen.Choose(100, 600).ToArbitrary(), ArbMap.Default.ArbFor<byte[]>(), (status, body) =>
            Channel.ReadAnswer(status, body ?? []) is not DeliveryOutcome.Delivered || status is >= 200 and <= 299)
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public void ReadAnswer_PassingTrouble_IsARetry(int status) => Channel.ReadAnswer(status, "busy"u8).ShouldBe(DeliveryOutcome.Retry);

    private Alert Full(AlertKind kind) => AnAlert.Of(kind, AnAlert.Finding() with
    {
        ResolvedAt = AnAlert.At,
        Rung = 7,
        Provider = "mistral",
        Environment = "prod",
        Owner = "team",
        Fingerprint = "3f2a9c01b7de",
        ExpiresAt = AnAlert.At,
        ConsoleUrl = $"https://{_canary.Text}@console.example/keys?token={_canary.Text}#{_canary.Text}",
        RunbookUrl = $"https://{_canary.Text}@docs.example/runbooks/x?token={_canary.Text}#place",
    });

    private static Alert Named(AlertKind kind, string text) => AnAlert.Of(
        kind, AnAlert.Finding(text) with { Message = text, Owner = text, Environment = text, Provider = text, Fingerprint = text });

    // Every member and element, without what strings say.
    private static IEnumerable<string> Shape(JsonElement json, string path = "$") => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Shape(member.Value, $"{path}.{member.Name}")),
        JsonValueKind.Array => json.EnumerateArray().SelectMany((item, index) => Shape(item, $"{path}[{index}]")),
        JsonValueKind.String => [path],
        _ => [$"{path}={json.GetRawText()}"],
    };

    private static IEnumerable<string> Texts(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => Texts(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Texts),
        JsonValueKind.String => [json.GetString()!],
        _ => [],
    };

    private static bool Steers(string text) =>
        text.Any(letter => (char.IsControl(letter) && letter != '\n') || letter is '\u202E' or '\u200F' or '\u2066' or '\u2028');

    /// <summary>What it sends for an alert.</summary>
    protected JsonElement BodyOf(Alert alert) => JsonElement.Parse(Body(alert));

    private HttpRequestMessage Request(Alert alert) => Channel.CreateRequest(alert, Settings(), AnAlert.At);

    private byte[] Body(Alert alert)
    {
        using var request = Request(alert);
        using var stream = new MemoryStream();
        request.Content!.CopyTo(stream, null, CancellationToken.None);
        return stream.ToArray();
    }

    private ChannelSettings Settings() => new()
    {
        Name = "ops",
        Kind = Channel.Kind,
        Url = new SecretValue($"https://ops.example/{_canary.Text}?token={_canary.Text}"),
        ApiKey = ApiKey is { } key ? new SecretValue(key) : null,
        Secret = SecretWith(_canary.Text) is { } secret ? new SecretValue(secret) : null,
    };
}
