using System.Text.Json;
using System.Text.RegularExpressions;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

public sealed class StoresCommandTests : IDisposable
{
    private const string Readable = """
        stores: { env: { kind: env } }
        keys:
          a: { provider: openai, locations: [{ store: env, name: PATH }] }
        """;

    private const string Written = """
        stores: { local: { kind: file, path: secrets.enc, passphrase: "${PASSPHRASE}" } }
        keys:
          a: { provider: openai, locations: [{ store: local, name: llm/openai }] }
        """;

    private const string Absent = "nothing is there: check the name, and the region, project, mount or namespace of the store.";

    private const string Remote = """
        database: sqlite:keyrotator.db
        stores: { aws: { kind: aws, region: eu-central-1 }, gcp: { kind: gcp, project: acme-prod } }
        keys:
          a: { provider: openai, locations: [{ store: aws, name: a }] }
          b: { provider: openai, locations: [{ store: aws, name: b }] }
          c: { provider: openai, checkEvery: 1h, locations: [{ store: gcp, name: c }] }
        """;

    private readonly Shell _shell = new Shell().Declare();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task List_Table_ShowsWhatStoresCanDo()
    {
        (await _shell.RunAsync("stores", "list")).ShouldBe(0);

        _shell.Out.ShouldBe("""
            STORE  KIND  ACCESS       HISTORY  LOCATIONS
            env    env   read         no       1
            local  file  read, write  yes      2

            """);
    }

    [Fact]
    public async Task List_Json_HasTheContractsMembers()
    {
        await _shell.RunAsync("stores", "list", "-o", "json");

        Json.Members(JsonDocument.Parse(_shell.Out).RootElement.GetProperty("stores")[0]).ShouldBe(
            [
                "name", "kind", "locations", "readOnly", "canStage", "hasVersions", "conditionalWrite", "billsVersions", "maxBytes",
                "calls", "callsPerMonth",
            ]);
    }

    [Fact]
    public async Task List_RemoteStores_ShowsCallsSoFarAndThoseOfAMonth()
    {
        _shell.Write("keyrotator.yaml", Remote);
        await CountAsync(new("aws", _shell.Clock.GetUtcNow(), 1_234_567, 8, 9));

        (await _shell.RunAsync("stores", "list")).ShouldBe(0);

        _shell.Out.ShouldBe("""
            STORE  KIND  ACCESS       HISTORY  LOCATIONS
            aws    aws   read, write  yes      2
            gcp    gcp   read, write  yes      1

            CALLS  READ       LIST  WRITE  SINCE       A MONTH, ABOUT  PRICE
            aws    1,234,567  8     9      2026-11-21  5,760           -
            gcp    0          0     0      -           720             0.00 USD (2026-11)

            """);
    }

    [Fact]
    public async Task List_RemoteStores_TellsTheSameInJson()
    {
        _shell.Write("keyrotator.yaml", Remote.With("checkEvery: 1h", "checkEvery: 1m"));
        await CountAsync(new("gcp", _shell.Clock.GetUtcNow(), 5, 0, 0));

        await _shell.RunAsync("stores", "list", "-o", "json");

        var stores = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("stores");
        stores[0].GetProperty("calls").GetRawText().ShouldBe("""{"since":null,"reads":0,"lists":0,"writes":0}""");
        stores[0].GetProperty("callsPerMonth").GetRawText().ShouldBe("""{"reads":5760,"lists":0,"priceUsd":null,"priceAsOf":null}""");
        stores[1].GetProperty("calls").GetRawText().ShouldBe("""{"since":"2026-11-21T10:00:00Z","reads":5,"lists":0,"writes":0}""");
        stores[1].GetProperty("callsPerMonth").GetRawText().ShouldBe("""{"reads":43200,"lists":0,"priceUsd":0.13,"priceAsOf":"2026-11"}""");
    }

    [Fact]
    public async Task List_LocalStores_HaveNoCalls()
    {
        await _shell.RunAsync("stores", "list", "-o", "json");

        var store = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("stores")[0];
        (store.GetProperty("calls").ValueKind, store.GetProperty("callsPerMonth").ValueKind)
            .ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
    }

    [Fact]
    public async Task Test_WorkingStore_ReadsWhatIsDeclared()
    {
        _shell.Write("keyrotator.yaml", Readable);

        (await _shell.RunAsync("stores", "test")).ShouldBe(0);

        _shell.Out.ShouldContain("ok      env: read env:PATH: there\n");
    }

    [Fact]
    public async Task Test_SecretAbsent_ExitsOneAndNamesIt()
    {
        _shell.Write("keyrotator.yaml", Readable.With("PATH", "KEYROTATOR_TEST_ABSENT"));

        (await _shell.RunAsync("stores", "test", "env")).ShouldBe(1);

        _shell.Out.ShouldContain($"FAILED  env: read env:KEYROTATOR_TEST_ABSENT: {Absent}\n");
    }

    [Fact]
    public async Task Test_Json_HasTheContractsMembers()
    {
        _shell.Write("keyrotator.yaml", Readable);

        await _shell.RunAsync("stores", "test", "-o", "json");

        var store = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("stores")[0];
        Json.Members(store).ShouldBe(["name", "passed", "steps"]);
        Json.Members(store.GetProperty("steps")[0]).ShouldBe(["name", "passed", "message", "tookMilliseconds"]);
    }

    [Fact]
    public async Task Test_Write_MakesASecretBesideTheDeclaredOnesAndRemovesIt()
    {
        _shell.Write("keyrotator.yaml", Written);

        (await _shell.RunAsync("stores", "test", "local", "--write")).ShouldBe(1); // what is declared is not there yet

        var name = Regex.Match(_shell.Error, "^Store local: making the secret (llm/keyrotator-probe-20261121100000-[0-9a-f]{8}), "
            + "which is removed at the end.\n$").Groups[1].Value;
        _shell.Out.Replace(name, "NAME", StringComparison.Ordinal).ShouldBe("""
            ok      local: open the file: SECRETS is not there yet; the first write makes it
            FAILED  local: read local:llm/openai: ABSENT
            ok      local: look for leftovers: there are none
            ok      local: write NAME: version VERSION
            ok      local: read it back: what was written is there
            ok      local: write a second version where the first is current: what was written is there
            ok      local: refuse a write that expects the first: refused
            ok      local: remove NAME: nothing is left of it

            """.With("SECRETS", Path.Combine(_shell.Directory, "secrets.enc")).With("ABSENT", Absent)
            .With("VERSION", VersionIn(_shell.Out)));
    }

    [Fact]
    public async Task Test_Write_IsInTheAuditBeforeAndAfter()
    {
        _shell.Write("keyrotator.yaml", Written);

        await _shell.RunAsync("stores", "test", "local", "--write");

        var before = _shell.Out.Length;
        await _shell.RunAsync("audit", "list", "-o", "json");
        var rows = JsonDocument.Parse(_shell.Out[before..]).RootElement.EnumerateArray().Select(
            row =>
                $"{row.GetProperty("act")} {row.GetProperty("target")} {row.GetProperty("outcome")} {row.GetProperty("reason")}").ToList();
        rows.Count.ShouldBe(2);
        rows[0].ShouldBe("store.tried local Done Made, written anew and removed.");
        rows[1].ShouldStartWith("store.tried local Begun Making, writing anew and removing the secret llm/keyrotator-probe-");
    }

    [Fact]
    public async Task Test_WriteThatCannotBeRecorded_IsNotDone()
    {
        _shell.Write("keyrotator.yaml", "database: sqlite:nosuch/folder/x.db\n" + Written);

        (await _shell.RunAsync("stores", "test", "local", "--write")).ShouldBe(1);

        File.Exists(Path.Combine(_shell.Directory, "secrets.enc")).ShouldBeFalse();
        _shell.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task Test_WithoutWrite_WritesNothing()
    {
        _shell.Write("keyrotator.yaml", Written);

        await _shell.RunAsync("stores", "test", "local");

        Directory.EnumerateFiles(_shell.Directory).Select(Path.GetFileName).ShouldBe(["keyrotator.yaml"]);
        _shell.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Test_WriteWithPrefix_GoesThere()
    {
        _shell.Write("keyrotator.yaml", Written);

        await _shell.RunAsync("stores", "test", "local", "--write", "--prefix", "dev/", "-o", "json");

        var steps = JsonDocument.Parse(_shell.Out).RootElement.GetProperty("stores")[0].GetProperty("steps").EnumerateArray();
        steps.Select(step => step.GetProperty("name").GetString()).ShouldContain(name => name!.StartsWith("write dev/keyrotator-probe-"));
    }

    [Fact]
    public async Task Test_WriteToAReadOnlyStore_SaysThatItCannotBe()
    {
        _shell.Write("keyrotator.yaml", Readable);

        (await _shell.RunAsync("stores", "test", "env", "--write")).ShouldBe(0);

        _shell.Out.ShouldEndWith("ok      env: write: not tried: a store of this kind is read-only and cannot be written\n");
    }

    [Fact]
    public async Task Test_PrefixWithoutWrite_IsAUsageFault()
    {
        (await _shell.RunAsync("stores", "test", "--prefix", "dev/")).ShouldBe(2);

        _shell.Error.ShouldBe("--prefix is about the secret that --write makes: give both.\n");
    }

    [Fact]
    public async Task Test_UnknownStore_SuggestsTheNearest()
    {
        (await _shell.RunAsync("stores", "test", "locla")).ShouldBe(2);

        _shell.Error.ShouldBe("Unknown store 'locla'. Did you mean 'local'?\n");
    }

    [Fact]
    public async Task Test_Cancelled_SaysSoAndExitsOne()
    {
        _shell.Write("keyrotator.yaml", Readable);

        (await _shell.RunAsync(new CancellationToken(canceled: true), "stores", "test")).ShouldBe(1);

        _shell.Error.ShouldBe("Interrupted.\n");
    }

    private static string VersionIn(string output) => Regex.Match(output, "version ([^ \n]+)").Groups[1].Value;

    private async Task CountAsync(StoreUsage usage)
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var state = await StateDatabase.OpenAsync(Path.Combine(_shell.Directory, "keyrotator.db"), _shell.Clock, cancel);
        await using var transaction = await state.BeginWriteAsync(cancel);
        await StoreUsageTable.AddAsync(transaction, usage, cancel);
        await transaction.CommitAsync(cancel);
    }
}
