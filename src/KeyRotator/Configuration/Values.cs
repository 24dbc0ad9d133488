using System.Globalization;
using KeyRotator.Alerts;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Configuration;

/// <summary>The single values of a configuration.</summary>
internal static class Values
{
    /// <summary>Names of stores, provider instances and channels.</summary>
    public const string NamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$";

    /// <summary>Text on one line.</summary>
    public const string TextPattern = @"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]{1,1000}$";

    /// <summary>Text on one line. Numbers and booleans are taken as they are written, quoted or not: <c>5</c> is the text 5.</summary>
    public static ScalarShape<string> Text { get; } = new(
        "text on one line",
        ScalarForm.AnyText(TextPattern),
        static scalar => scalar.Text);

    /// <summary>A secret: any text, never shown.</summary>
    public static ScalarShape<SecretValue> Secret { get; } = new(
        "a secret of at least one character",
        ScalarForm.AnyText(@"^[\s\S]+$"),
        static scalar => new SecretValue(scalar.Text))
    { IsShown = static _ => false };

    /// <summary>A reference to something that the file names elsewhere.</summary>
    public static ScalarShape<string> Name { get; } = new(
        "a name of letters, digits, `.`, `_` and `-`", ScalarForm.Text(NamePattern), static scalar => scalar.Text);

    /// <summary>A whole warning rung.</summary>
    public static ScalarShape<TimeSpan> Days { get; } = new(
        "a number of whole days such as `30d` or `0d`",
        ScalarForm.Text(Durations.DaysPattern),
        static scalar => Span(scalar.Text, TimeSpan.Zero, Durations.Longest));

    /// <summary>True or false.</summary>
    public static ScalarShape<bool> Flag { get; } = new("`true` or `false`", new() { Types = ["boolean"] }, static scalar => scalar switch
    {
        { IsPlain: false, IsInterpolated: false } => new Complaint("write it without quotes"),
        { Text: "true" or "True" or "TRUE" } => true,
        { Text: "false" or "False" or "FALSE" } => false,
        _ => new Complaint(""),
    });

    /// <summary>On or off. YAML 1.1 tools turn these words into booleans, so booleans are taken too.</summary>
    public static ScalarShape<bool> Switch { get; } = new(
        "`on` or `off`",
        new() { Words = ["on", "off"], TakesBooleans = true },
        static scalar => scalar switch
    {
        { Text: "on" } => true,
        { Text: "off" } => false,
        { Text: "true" or "True" or "TRUE", IsPlain: true } => true,
        { Text: "false" or "False" or "FALSE", IsPlain: true } => false,
        _ => new Complaint(""),
    });

    /// <summary>A date, or a date for one version.</summary>
    public static ScalarShape<ExpiryStatement> Expiry { get; } = new(
        "a date such as `2027-01-31`, or `2027-01-31@` and at least 12 digits of a fingerprint",
        ScalarForm.Text(ExpiryStatements.Pattern),
        static scalar => ExpiryStatements.TryParse(scalar.Text, out var statement) ? statement : new Complaint("that day does not exist"));

    /// <summary>A provider's base URL.</summary>
    public static ScalarShape<Uri> BaseUrl { get; } = new(
        "an absolute http(s) URL without user info, query and fragment, such as `https://llm.example/v1`",
        ScalarForm.Text(WebAddress.BasePattern),
        static scalar => WebAddress.Read(scalar.Text) is { } address ? address : new Complaint(""))
    { IsShown = static text => text.AsSpan().IndexOfAny("@?#") < 0 };

    /// <summary>A receiver's URL. Secret as a whole.</summary>
    public static ScalarShape<Uri> ReceiverUrl { get; } = new(
        "an absolute http(s) URL without user info and fragment, such as `https://ops.example/hook`",
        ScalarForm.Text(WebAddress.ReceiverPattern),
        static scalar => WebAddress.Read(scalar.Text) is { } address ? address : new Complaint(""))
    { IsShown = static _ => false };

    /// <summary>A Workflows webhook of Microsoft Teams. Secret as a whole.</summary>
    public static ScalarShape<Uri> WorkflowUrl { get; } = new(
        "the URL of a Workflows webhook",
        ScalarForm.Text(@"^(?!https?://[^/?]*\.[Ww][Ee][Bb][Hh][Oo][Oo][Kk]\.[Oo][Ff][Ff][Ii][Cc][Ee]\.[Cc][Oo][Mm])" + WebAddress.ReceiverPattern[1..]),
        static scalar => WebAddress.Read(scalar.Text) is { } address ? address : new Complaint(""))
    {
        IsShown = static _ => false,
        Advice = static text => text.Contains(".webhook.office.com", StringComparison.OrdinalIgnoreCase)
            ? "that is an Office 365 connector, which Microsoft has retired: make a workflow with the trigger \"When a Teams webhook "
                + "request is received\" and take its URL"
            : "",
    };

    /// <summary>A runbook's link. Not shown where it may hold a credential.</summary>
    public static ScalarShape<RunbookTemplate> Runbook { get; } = new(
        "an https link such as `https://docs.example/runbooks/{reason}`",
        ScalarForm.Text(RunbookTemplate.Pattern),
        static scalar => RunbookTemplate.Complain(scalar.Text) is { } complaint
            ? new Complaint(complaint)
            : RunbookTemplate.Parse(scalar.Text))
    {
        IsShown = static text => text.AsSpan().IndexOfAny("@?#") < 0,
        Advice = static text => RunbookTemplate.Complain(text) ?? "",
    };

    /// <summary>A PagerDuty integration's key.</summary>
    public static ScalarShape<SecretValue> RoutingKey { get; } = new(
        "an Events API v2 integration key: 32 letters and digits",
        ScalarForm.Text("^[A-Za-z0-9]{32}$"),
        static scalar =>
            scalar.Text.Length == 32 && scalar.Text.All(char.IsAsciiLetterOrDigit) ? new SecretValue(scalar.Text) : new Complaint(""))
    { IsShown = static _ => false };

    /// <summary>A signing secret of Standard Webhooks.</summary>
    public static ScalarShape<SecretValue> Signing { get; } = new(
        "a signing secret: 24 to 64 bytes in base64, with or without `whsec_` in front",
        ScalarForm.Text("^(whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$"),
        static scalar => SigningSecret.Validate(scalar.Text) is null ? new SecretValue(scalar.Text) : new Complaint(""))
    {
        IsShown = static _ => false,
    };

    /// <summary>Where state is kept. Not shown: a connection string carries a password.</summary>
    public static ScalarShape<DatabaseDraft> Database { get; } = new(
        DatabaseDraft.Expected, ScalarForm.Text(DatabaseDraft.Pattern), static scalar => DatabaseDraft.Read(scalar.Text))
    {
        IsShown = static _ => false,
    };

    /// <summary>A header's value. Not shown, because it may be a secret in spite of the rule.</summary>
    public static ScalarShape<string> HeaderValue { get; } = new(
        "a header value of printable ASCII characters",
        ScalarForm.AnyText("^[!-~]([ -~]{0,998}[!-~])?$"),
        static scalar => scalar.Text)
    { IsShown = static _ => false };

    /// <summary>The header Authorization, as a secret.</summary>
    public static ScalarShape<SecretValue> Authorization { get; } = new(
        "a scheme and its credentials, such as `Bearer …`",
        ScalarForm.Text("^[A-Za-z]+ [!-~]{1,4000}$"),
        static scalar => new SecretValue(scalar.Text))
    { IsShown = static _ => false };

    /// <summary>A span within bounds.</summary>
    public static ScalarShape<TimeSpan> Duration(TimeSpan least, TimeSpan? most = null) => new(
        "a duration such as `30s`, `15m`, `24h` or `90d`",
        ScalarForm.Text(least > TimeSpan.Zero ? Durations.Pattern : Durations.PatternWithZero),
        scalar => Span(scalar.Text, least, most ?? Durations.Longest));

    /// <summary>A time of day.</summary>
    public static ScalarShape<TimeOnly> TimeOfDay { get; } = new(
        "a time of day such as `08:00`",
        ScalarForm.Text("^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        static scalar => TimeOnly.ParseExact(scalar.Text, "HH:mm", CultureInfo.InvariantCulture));

    /// <summary>A whole number within bounds.</summary>
    public static ScalarShape<int> Count(int least, int most) => new(
        $"a whole number from {least} to {most}",
        new() { Types = ["integer"], Minimum = least, Maximum = most },
        scalar => scalar switch
        {
            { IsPlain: false, IsInterpolated: false } => new Complaint("write it without quotes"),
            _ when Whole(scalar.Text) is { } number && number >= least && number <= most => (int)number,
            _ => new Complaint(""),
        });

    /// <summary>One of several words, as it is.</summary>
    public static ScalarShape<string> OneOf(IReadOnlyCollection<string> words) => OneOf(words, static word => word);

    /// <summary>What one of several words stands for.</summary>
    public static ScalarShape<T> OneOf<T>(IReadOnlyCollection<string> words, Func<string, T> meaningOf) => new(
        words.Count > 6 ? "one of the known words" : string.Join(" or ", words.Select(word => $"`{word}`")),
        new() { Words = words },
        scalar => words.Contains(scalar.Text)
            ? meaningOf(scalar.Text)
            : new Complaint(scalar.IsInterpolated ? "" : NearestName.Hint(scalar.Text, words)));

    private static Parsed<TimeSpan> Span(string text, TimeSpan least, TimeSpan most) =>
        Durations.TryParse(text, out var span) && span >= least && span <= most
            ? span
            : new Complaint($"from {Durations.Format(least)} to {Durations.Format(most)} is allowed here");

    // 1e+06 is a whole number too: that is how Helm writes a million.
    private static double? Whole(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsInteger(number) ? number : null;
}
