using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace KeyRotator.State.Sqlite;

/// <summary>SQLite's faults in the operator's words: which file, what became of the data, what to do.</summary>
internal static class SqliteFaults
{
    private const string StartAnew =
        "Restore a backup, or move the file away: the next start makes a fresh one and proves every key again.";

    private const string NotRecorded = "Nothing of this step was recorded";

    /// <summary>Explains a fault of the given database.</summary>
    public static StateException Explain(string database, SqliteException fault) =>
        new($"{database} {SpaceSentence(fault.SqliteExtendedErrorCode) ?? Sentence(fault.SqliteErrorCode)}", fault);

    // What SQLite calls a failure of the disk is one that is full, where no room for its shared memory is left, or over its quota.
    private static string? SpaceSentence(int extendedCode) => extendedCode switch
    {
        SQLITE_IOERR_SHMSIZE => Sentence(SQLITE_FULL),
        SQLITE_IOERR_WRITE =>
            $"could not be written: its disk is over its quota, or failed. {NotRecorded}; free some space, or look at the system's log.",
        _ => null,
    };

    private static string Sentence(int code) => code switch
    {
        SQLITE_BUSY or SQLITE_LOCKED =>
            $"stayed locked by another process. {NotRecorded}; end the process that holds it, or try again later.",
        SQLITE_READONLY or SQLITE_PERM or SQLITE_AUTH =>
            $"cannot be written: this user may not write the file or its folder. {NotRecorded}; make both writable, or put it elsewhere.",
        SQLITE_FULL =>
            $"has no space left on its disk. {NotRecorded} and nothing older was lost; free some space.",
        SQLITE_CORRUPT =>
            $"is damaged; it was left as it is. {StartAnew}",
        SQLITE_NOTADB =>
            $"is not a SQLite database; it was left as it is. {StartAnew}",
        SQLITE_IOERR =>
            $"could not be read or written: its disk failed. {NotRecorded}; look at the system's log.",
        SQLITE_CANTOPEN =>
            "cannot be opened: look whether its folder exists and this user may write there.",
        SQLITE_CONSTRAINT =>
            $"contradicts what another process recorded in the meantime. {NotRecorded}; the next pass repeats it.",
        _ =>
            $"failed with SQLite's code {code}. {NotRecorded}.",
    };
}
