using Npgsql;

namespace KeyRotator.State.Postgres;

/// <summary>Makes connections to one address. The only place where its password is read.</summary>
internal static class PostgresSource
{
    /// <summary>A source of connections, for whoever keeps them.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="most">How many at once at most.</param>
    /// <param name="answerWait">How long to wait for an answer, in whole seconds.</param>
    public static NpgsqlDataSource Create(PostgresAddress address, int most, TimeSpan answerWait) =>
        new NpgsqlDataSourceBuilder(ConnectionString(address, most, answerWait)).Build();

    /// <summary>The same as text, for a library that opens connections itself. A secret.</summary>
    public static string ConnectionString(PostgresAddress address, int most, TimeSpan answerWait) => new NpgsqlConnectionStringBuilder
    {
        Host = string.Join(',', address.Hosts),
        Database = address.Database,
        Username = address.User,
        Password = address.Password?.Reveal(),
        SearchPath = address.Schema,
        SslMode = Mode(address.Tls ?? (address.Hosts.All(host => host.IsLocal) ? PostgresTls.Prefer : PostgresTls.VerifyFull)),
        RootCertificate = address.RootCertificate,
        SslCertificate = address.ClientCertificate,
        SslKey = address.ClientKey,
        TargetSessionAttributes = address.Hosts.Count > 1 ? "primary" : null,
        ApplicationName = "keyrotator",
        Timeout = 5,
        CommandTimeout = (int)answerWait.TotalSeconds,
        KeepAlive = 30,
        MaxPoolSize = most,
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 2,
        IncludeErrorDetail = false,
    }.ConnectionString;

    private static SslMode Mode(PostgresTls tls) => tls switch
    {
        PostgresTls.Disable => SslMode.Disable,
        PostgresTls.Prefer => SslMode.Prefer,
        PostgresTls.Require => SslMode.Require,
        PostgresTls.VerifyCa => SslMode.VerifyCA,
        _ => SslMode.VerifyFull,
    };
}
