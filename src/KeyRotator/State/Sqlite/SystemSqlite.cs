using System.Runtime.InteropServices;
using SQLitePCL;

namespace KeyRotator.State.Sqlite;

/// <summary>The operating system's SQLite. No copy is shipped: the system's is the one that gets security fixes.</summary>
internal static class SystemSqlite
{
    // STRICT tables came with it.
    private const int LeastVersion = 3_037_000;

    private const string Install =
        "Install SQLite 3.37 or newer: libsqlite3-0 on Debian and Ubuntu, sqlite-libs on Fedora, RHEL and Alpine, "
        + "'brew install sqlite' on macOS.";

    private static readonly Lazy<bool> s_loaded = new(() => Bind(Open(Names())));

    /// <summary>Makes Microsoft.Data.Sqlite use it. Any number of calls.</summary>
    /// <exception cref="StateException">It is missing or too old.</exception>
    public static void Load() => _ = s_loaded.Value;

    /// <summary>Its version, for example <c>3.40.1</c>.</summary>
    /// <exception cref="StateException">It is missing or too old.</exception>
    public static string Version()
    {
        Load();
        return raw.sqlite3_libversion().utf8_to_string();
    }

    internal static nint Open(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        throw new StateException($"The SQLite library of the operating system was not found ({string.Join(", ", names)}). {Install}", null);
    }

    internal static void Require(int version)
    {
        if (version < LeastVersion)
        {
            var found = $"{version / 1_000_000}.{version / 1000 % 1000}";
            throw new StateException($"The SQLite library of the operating system is too old ({found}). {Install}", null);
        }
    }

    private static bool Bind(nint library)
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? library : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        Require(raw.sqlite3_libversion_number());
        return true;
    }

    private static string[] Names()
    {
        if (OperatingSystem.IsWindows())
        {
            return ["winsqlite3.dll"];
        }

        return OperatingSystem.IsMacOS()
            ? ["/opt/homebrew/opt/sqlite/lib/libsqlite3.dylib", "/usr/local/opt/sqlite/lib/libsqlite3.dylib", "libsqlite3.dylib"]
            : ["libsqlite3.so.0", "libsqlite3.so"];
    }
}
