using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace KeyRotator.State.Postgres;

/// <summary>PostgreSQL's faults in the operator's words: which database, what became of the data, what to do. The server's own sentence is
/// left out: it may quote a row.</summary>
internal static class PostgresFaults
{
    private const string NotRecorded = "Nothing of this step was recorded";

    /// <summary>Explains a fault of the given database.</summary>
    public static StateException Explain(PostgresAddress address, DbException fault)
    {
        var (sentence, mayPass) = fault is PostgresException server ? Of(server.SqlState, address) : Of(fault, address);
        return new($"The database {address} {sentence}", fault) { MayPass = mayPass };
    }

    /// <summary>Explains why a commit failed. Where the connection went, the server may have made it durable before.</summary>
    public static StateException ExplainCommit(PostgresAddress address, DbException fault)
    {
        var isDecided = fault is PostgresException { SqlState: [not '0', ..] or ['0', not '8', ..] } server
            && !server.SqlState.StartsWith("57P", StringComparison.Ordinal);
        return isDecided
            ? Explain(address, fault)
            : new($"The database {address} went away while a step was recorded. Whether it was is not known: look before you repeat it.", fault)
            {
                MayPass = true,
            };
    }

    private static (string Sentence, bool MayPass) Of(string state, PostgresAddress address) => state switch
    {
        "28P01" => ($"refuses the password of {address.User}. Look at `database`, and at KEYROTATOR_DATABASE where it is set.", false),
        "28000" => ($"lets {address.User} not in from here. Look at the server's pg_hba.conf, and at `sslmode` of `database`.", false),
        "3D000" => ("does not exist on that server. Make it, or name another.", false),
        "3F000" => ("has no such schema. Make it, or name another.", false),
        "42501" => (
            $"does not let {address.User} do that. Grant it, for example `GRANT USAGE, CREATE ON SCHEMA {address.Schema ?? "public"}"
            + $" TO {address.User}`, or make that user the owner of the database.", false),
        "42P07" or "42723" => (
            "has a table of another program with a name that is ours; it was left as it is. Name a schema or a database of KeyRotator's own.",
            false),
        "42P01" or "42703" => ("lacks a table or column that KeyRotator made there. Restore a backup.", false),
        "53100" => ($"has no space left on its disk. {NotRecorded} and nothing older was lost; free some space.", true),
        "53300" => ("has no connection left. Let it have more (max_connections), or run fewer replicas.", true),
        "55P03" => ($"stayed locked by another process. {NotRecorded}; end the process that holds it, or try again later.", true),
        "57014" => ($"took too long to answer. {NotRecorded}.", true),
        "25P03" => ($"ended a step that had stopped in the middle. {NotRecorded}.", true),
        "25006" => ($"takes no writes: it is a standby, or made read-only. {NotRecorded}; name the primary.", true),
        "57P01" or "57P02" or "57P03" or "57P05" => ($"is stopping or starting. {NotRecorded}; it is asked again.", true),
        "22P05" or "22021" => (
            $"cannot hold all text: its encoding is not UTF-8. {NotRecorded}; move to a database made with `ENCODING UTF8 TEMPLATE template0`.",
            false),
        _ when state.StartsWith("08", StringComparison.Ordinal) => ($"broke off the connection. {NotRecorded}; it is asked again.", true),
        _ when state.StartsWith("23", StringComparison.Ordinal) =>
            ($"contradicts what another process recorded in the meantime. {NotRecorded}; the next pass repeats it.", false),
        _ when state.StartsWith("XX", StringComparison.Ordinal) => ("is damaged, says its server. Look at the server's log.", false),
        _ => ($"failed with PostgreSQL's code {state}. {NotRecorded}.", state.StartsWith("40", StringComparison.Ordinal)),
    };

    private static (string Sentence, bool MayPass) Of(DbException fault, PostgresAddress address)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AuthenticationException:
                    return (
                        "cannot be reached safely: its certificate is not trusted, or not that host's. Name the authority with `sslrootcert`,"
                        + " or choose another `sslmode`.", false);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return ("cannot be reached: no such host is known.", true);
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return ("cannot be reached: nothing listens there.", true);
                case TimeoutException:
                    return ($"does not answer in time. {NotRecorded}.", true);
                case FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException:
                    return ("cannot be reached: a file that `database` names cannot be read.", false);
            }
        }

        return fault.Message.Contains("SSL", StringComparison.Ordinal)
            ? ($"offers no protected connection. Turn TLS on there, or say `sslmode=disable` in `database`: then {Whom(address)}.", false)
            : ($"cannot be reached, or broke off the connection. {NotRecorded}.", true);
    }

    private static string Whom(PostgresAddress address) =>
        address.Password is null ? "whoever listens reads all" : "whoever listens reads all, and the password is only as safe as its method";
}
