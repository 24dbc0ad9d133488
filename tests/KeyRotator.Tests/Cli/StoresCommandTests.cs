using System.Text.Json;
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
            ["name", "kind", "locations", "readOnly", "canStage", "hasVersions", "conditionalWrite", "billsVersions", "maxBytes"]);
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

        _shell.Out.ShouldContain("FAILED  env: read env:KEYROTATOR_TEST_ABSENT: nothing is there\n");
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
}
