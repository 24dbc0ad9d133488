using System.Data.Common;
using System.Globalization;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Secrets;
using KeyRotator.State;

namespace KeyRotator.Configuration;

/// <summary>Reads how to reach PostgreSQL: <c>postgres://user:password@host:5432/database?sslmode=verify-full</c>, or
/// <c>Host=…;Database=…;Username=…;Password=…</c>. Complaints never quote it: it carries a password.</summary>
internal static class PostgresText
{
    private static readonly string[] s_needed = ["host", "database", "user"];

    private static readonly string[] s_schemes = ["postgres://", "postgresql://"];

    // Each with the names that libpq and Npgsql give it.
    private static readonly Dictionary<string, string> s_options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "host",
        ["server"] = "host",
        ["port"] = "port",
        ["dbname"] = "database",
        ["database"] = "database",
        ["user"] = "user",
        ["username"] = "user",
        ["user id"] = "user",
        ["password"] = "password",
        ["sslmode"] = "sslmode",
        ["ssl mode"] = "sslmode",
        ["sslrootcert"] = "sslrootcert",
        ["root certificate"] = "sslrootcert",
        ["sslcert"] = "sslcert",
        ["ssl certificate"] = "sslcert",
        ["sslkey"] = "sslkey",
        ["ssl key"] = "sslkey",
        ["schema"] = "schema",
        ["search path"] = "schema",
        ["searchpath"] = "schema",
    };

    private static readonly Dictionary<string, PostgresTls> s_modes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["disable"] = PostgresTls.Disable,
        ["prefer"] = PostgresTls.Prefer,
        ["require"] = PostgresTls.Require,
        ["verify-ca"] = PostgresTls.VerifyCa,
        ["verifyca"] = PostgresTls.VerifyCa,
        ["verify-full"] = PostgresTls.VerifyFull,
        ["verifyfull"] = PostgresTls.VerifyFull,
    };

    /// <summary>Whether the text means PostgreSQL, well written or not.</summary>
    public static bool IsMeant(string text) =>
        s_schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        || (!text.StartsWith("sqlite:", StringComparison.Ordinal) && text.Contains('=', StringComparison.Ordinal));

    /// <summary>Reads it.</summary>
    public static Parsed<PostgresAddress> Read(string text)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var scheme = s_schemes.FirstOrDefault(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        var complaint = scheme is null ? ReadPairs(text, options) : ReadUrl(text[scheme.Length..], options);
        return complaint ?? Build(options);
    }

    private static Complaint? ReadPairs(string text, Dictionary<string, string> options)
    {
        var pairs = new DbConnectionStringBuilder();
        try
        {
            pairs.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            return new("it is no list of Name=Value with `;` between; a value with `;` or `=` in it goes in quotes");
        }

        foreach (string name in pairs.Keys)
        {
            if (Add(options, name, pairs[name].ToString() ?? "") is { } complaint)
            {
                return complaint;
            }
        }

        return null;
    }

    private static Complaint? ReadUrl(string rest, Dictionary<string, string> options)
    {
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? rest : rest[..query];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var place = slash < 0 ? path : path[..slash];
        var at = place.LastIndexOf('@');
        var who = at < 0 ? "" : place[..at];
        var colon = who.IndexOf(':', StringComparison.Ordinal);
        (string Name, string Value)[] parts =
        [
            ("user", colon < 0 ? who : who[..colon]), ("password", colon < 0 ? "" : who[(colon + 1)..]), ("host", place[(at + 1)..]),
            ("database", slash < 0 ? "" : path[(slash + 1)..]),
        ];
        if (path.Count(letter => letter == '@') > 1 || parts[3].Value.Contains('/', StringComparison.Ordinal))
        {
            return new("user and password must be percent-encoded: `@` is %40, `/` is %2F, `:` is %3A; or write Host=…;Password=…");
        }

        foreach (var (name, value) in parts.Where(part => part.Value.Length > 0))
        {
            options[name] = Uri.UnescapeDataString(value);
        }

        foreach (var pair in query < 0 ? [] : rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? pair : pair[..equals];
            if (Add(options, name, equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..])) is { } complaint)
            {
                return complaint;
            }
        }

        return null;
    }

    private static Complaint? Add(Dictionary<string, string> options, string name, string value)
    {
        if (!s_options.TryGetValue(name.Trim(), out var option))
        {
            return new("it has an option that is not known here; taken are host, port, database, user, password, sslmode, sslrootcert, "
                + "sslcert, sslkey and schema");
        }

        return value.Length == 0 || options.TryAdd(option, value) ? null : new($"{option} is said twice");
    }

    private static Parsed<PostgresAddress> Build(Dictionary<string, string> options)
    {
        var missing = s_needed.Where(name => !options.ContainsKey(name)).ToList();
        if (missing.Count > 0)
        {
            return new Complaint($"it does not say {string.Join(" and ", missing)}");
        }

        PostgresTls? tls = null;
        if (options.TryGetValue("sslmode", out var mode))
        {
            if (!s_modes.TryGetValue(mode, out var known))
            {
                return new Complaint("sslmode is disable, prefer, require, verify-ca or verify-full");
            }

            tls = known;
        }

        return Hosts(options["host"], options.GetValueOrDefault("port")) is { } hosts
            ? new PostgresAddress
            {
                Hosts = hosts,
                Database = options["database"],
                User = options["user"],
                Password = options.TryGetValue("password", out var password) ? new SecretValue(password) : null,
                Schema = options.GetValueOrDefault("schema"),
                Tls = tls,
                RootCertificate = options.GetValueOrDefault("sslrootcert"),
                ClientCertificate = options.GetValueOrDefault("sslcert"),
                ClientKey = options.GetValueOrDefault("sslkey"),
            }
            : new Complaint("a port is a number from 1 to 65535, an IPv6 address stands in [ ]");
    }

    // Several hosts: one port for all, or one each, as libpq takes them.
    private static List<PostgresHost>? Hosts(string text, string? ports)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        var each = ports?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        var hosts = new List<PostgresHost>();
        for (var index = 0; index < names.Length; index++)
        {
            var own = names[index].StartsWith('/') ? -1 : names[index].LastIndexOf(':');
            var bracket = names[index].LastIndexOf(']');
            var port = own > bracket ? names[index][(own + 1)..] : each.ElementAtOrDefault(each.Length == 1 ? 0 : index);
            var name = (own > bracket ? names[index][..own] : names[index]).Trim('[', ']');
            var number = PostgresAddress.DefaultPort;
            if (name.Length == 0 || (name.Contains(':', StringComparison.Ordinal) && bracket < 0)
                || (port is not null && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                    || number is < 1 or > 65535)))
            {
                return null;
            }

            hosts.Add(new(name, number));
        }

        return hosts;
    }
}
