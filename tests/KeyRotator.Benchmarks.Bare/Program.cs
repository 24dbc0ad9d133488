// The least that a checker of one key must do: open a database, make one call, record the answer.
// bare DATABASE URL, with the key in BENCH_API_KEY
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (_, _, _) => NativeLibrary.Load("libsqlite3.so.0"));
raw.SetProvider(new SQLite3Provider_e_sqlite3());

using var connection = new SqliteConnection($"Data Source={args[0]}");
connection.Open();
Execute("PRAGMA journal_mode = WAL");
Execute("CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, status INTEGER NOT NULL) STRICT");

using var http = new HttpClient();
using var request = new HttpRequestMessage(HttpMethod.Get, args[1]);
request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("BENCH_API_KEY"));
using var answer = await http.SendAsync(request);
await answer.Content.ReadAsByteArrayAsync();

Execute($"INSERT INTO answers (status) VALUES ({(int)answer.StatusCode})");
return answer.IsSuccessStatusCode ? 0 : 1;

void Execute(string sql)
{
    using var command = connection.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}
