using Npgsql;

namespace KeyRotator.State.Postgres;

/// <summary>Makes connections to one address. The only place where its password is read.</summary>
internal static class PostgresSource
{
    /// <summary>Asks whether the server takes no writes.</summary>
    public const string IsStandby = "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean";

    // Whoever is connected to what has become a standby, or read-only, leaves it by then.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(1);

    /// <summary>A source of connections, for whoever keeps them.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="most">How many at once at most.</param>
    /// <param name="answerWait">How long to wait for an answer, in whole seconds.</param>
    public static NpgsqlDataSource Create(PostgresAddress address, int most, TimeSpan answerWait) =>
        new NpgsqlDataSourceBuilder(ConnectionString(address, most, answerWait))
            .UsePhysicalConnectionInitializer(
                connection =>
                {
                    using var command = new NpgsqlCommand(IsStandby, connection);
                    Require(command.ExecuteScalar());
                },
                async connection =>
                {
                    await using var command = new NpgsqlCommand(IsStandby, connection);
                    Require(await command.ExecuteScalarAsync());
                })
            .Build();

    /// <summary>The fault of a server that takes no writes, as it would say it itself.</summary>
    public static PostgresException TakesNoWrites() =>
        new("It takes no writes.", "ERROR", "ERROR", PostgresErrorCodes.ReadOnlySqlTransaction);

    /// <summary>How the connections are made. A secret.</summary>
    public static string ConnectionString(PostgresAddress address, int most, TimeSpan answerWait) => new NpgsqlConnectionStringBuilder
    {
        Host = string.Join(',', address.Hosts),
        Database = address.Database,
        Username = address.User,
        Password = address.Password?.Reveal(),
        SearchPath = address.Schema is { } schema ? Quoted(schema) : null,
        SslMode = Mode(address.Tls ?? (address.Hosts.All(host => host.IsLocal) ? PostgresTls.Prefer : PostgresTls.VerifyFull)),
        RootCertificate = address.RootCertificate,
        SslCertificate = address.ClientCertificate,
        SslKey = address.ClientKey,
        TargetSessionAttributes = address.Hosts.Count > 1 ? "read-write" : null,
        ApplicationName = "keyrotator",
        Timeout = 5,
        CommandTimeout = (int)answerWait.TotalSeconds,
        KeepAlive = 30,
        ConnectionLifetime = (int)s_lifetime.TotalSeconds,
        MaxPoolSize = most,
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 2,
        IncludeErrorDetail = false,
    }.ConnectionString;

    // During a switch an address may lead to a standby for a while. Who connects then would stay there: it answers, after all.
    private static void Require(object? isStandby)
    {
        if (isStandby is true)
        {
            throw TakesNoWrites();
        }
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static SslMode Mode(PostgresTls tls) => tls switch
    {
        PostgresTls.Disable => SslMode.Disable,
        PostgresTls.Prefer => SslMode.Prefer,
        PostgresTls.Require => SslMode.Require,
        PostgresTls.VerifyCa => SslMode.VerifyCA,
        _ => SslMode.VerifyFull,
    };
}
