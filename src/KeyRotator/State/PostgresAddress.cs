using System.Globalization;
using KeyRotator.Secrets;

namespace KeyRotator.State;

/// <summary>A PostgreSQL database and how to reach it.</summary>
public sealed record PostgresAddress
{
    /// <summary>The port where a server listens that says nothing else.</summary>
    public const int DefaultPort = 5432;

    /// <summary>Servers in the order of asking, at least one; a host may be a folder with a socket. Of several, the one that takes writes is
    /// used.</summary>
    public required IReadOnlyList<PostgresHost> Hosts { get; init; }

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>Who logs in.</summary>
    public required string User { get; init; }

    /// <summary>The password, or null where the server asks for none.</summary>
    public SecretValue? Password { get; init; }

    /// <summary>The schema that holds the tables, or null: the first of the server's search path.</summary>
    public string? Schema { get; init; }

    /// <summary>How the connection is protected; null: verified in full, save over loopback and sockets.</summary>
    public PostgresTls? Tls { get; init; }

    /// <summary>Path of a PEM file with the authorities that a server's certificate may come from, or null: the system's.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>Path of a PEM file with our own certificate, or null.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>Path of a PEM file with its key, or null.</summary>
    public string? ClientKey { get; init; }

    /// <summary>How it is named to people: no password.</summary>
    public override string ToString()
    {
        var hosts = string.Join(',', Hosts);
        return Schema is null ? $"postgres://{User}@{hosts}/{Database}" : $"postgres://{User}@{hosts}/{Database}?schema={Schema}";
    }
}

/// <summary>A server of PostgreSQL.</summary>
/// <param name="Name">Host name, address, or the absolute path of its socket's folder.</param>
/// <param name="Port">Its port.</param>
public sealed record PostgresHost(string Name, int Port = PostgresAddress.DefaultPort)
{
    /// <summary>Whether nothing between us and it can be listened to.</summary>
    public bool IsLocal => Name.StartsWith('/') || Name is "localhost" or "127.0.0.1" or "::1";

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]" : Name)}:{Port}");
}

/// <summary>How a connection to PostgreSQL is protected, in libpq's terms (<c>sslmode</c>).</summary>
public enum PostgresTls
{
    /// <summary>Not at all.</summary>
    Disable = 0,

    /// <summary>Encrypted where the server can; nothing is verified.</summary>
    Prefer,

    /// <summary>Encrypted; nothing is verified.</summary>
    Require,

    /// <summary>Encrypted, and the certificate comes from an authority that is trusted.</summary>
    VerifyCa,

    /// <summary>Encrypted, and the certificate is the host's.</summary>
    VerifyFull,
}
