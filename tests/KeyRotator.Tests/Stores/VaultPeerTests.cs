using System.Diagnostics;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>A client of Vault that no one here wrote, Python's hvac, judges the fake and reads what the store wrote.</summary>
public sealed class VaultPeerTests
{
    private const string PythonVariable = "KEYROTATOR_HVAC_PYTHON";
    private const string Advice =
        $"{PythonVariable} names no Python that has hvac. Get it with: apt-get install python3-hvac; then set {PythonVariable}=/usr/bin/python3";

    private const string Script = """
        import os, sys, hvac
        client = hvac.Client(url=os.environ["FAKE"], token=os.environ["FAKE_TOKEN"])
        assert client.is_authenticated()
        kv = client.secrets.kv.v2
        read = kv.read_secret_version(path="llm/mistral", mount_point="secret")["data"]
        assert read["data"] == {"api_key": "written-by-us", "org": "o"}, "data"
        assert read["metadata"]["version"] == 2, "version"
        assert kv.read_secret_version(path="llm/mistral", version=1, mount_point="secret")["data"]["data"]["api_key"] == "seeded"
        made = kv.create_or_update_secret(path="llm/new", secret={"k": "v"}, cas=0, mount_point="secret")
        assert made["data"]["version"] == 1, "cas 0"
        try:
            kv.create_or_update_secret(path="llm/new", secret={"k": "w"}, cas=0, mount_point="secret")
            sys.exit("a lost condition was taken")
        except hvac.exceptions.InvalidRequest as refusal:
            assert "did not match" in str(refusal), "refusal"
        kv.patch(path="llm/new", secret={"l": "2"}, mount_point="secret")
        assert kv.read_secret_version(path="llm/new", mount_point="secret")["data"]["data"] == {"k": "v", "l": "2"}, "patch"
        assert kv.list_secrets(path="llm", mount_point="secret")["data"]["keys"] == ["mistral", "new"], "list"
        metadata = kv.read_secret_metadata(path="llm/mistral", mount_point="secret")["data"]
        assert metadata["current_version"] == 2 and sorted(metadata["versions"]) == ["1", "2"], "metadata"
        kv.destroy_secret_versions(path="llm/new", versions=[1], mount_point="secret")
        for path, version in (("llm/none", None), ("llm/new", 1)):
            try:
                kv.read_secret_version(path=path, version=version, mount_point="secret")
                sys.exit("what is absent was read")
            except hvac.exceptions.InvalidPath:
                pass
        try:
            hvac.Client(url=os.environ["FAKE"], token="other").secrets.kv.v2.read_secret_version(path="llm/mistral", mount_point="secret")
            sys.exit("a wrong token was taken")
        except hvac.exceptions.Forbidden:
            pass
        kv.delete_metadata_and_all_versions(path="llm/new", mount_point="secret")
        try:
            kv.read_secret_metadata(path="llm/new", mount_point="secret")
            sys.exit("what was removed is there")
        except hvac.exceptions.InvalidPath:
            pass
        kv.create_or_update_secret(path="llm/new", secret={"l": "2"}, cas=0, mount_point="secret")
        assert client.lookup_token()["data"]["policies"] == ["default", "keyrotator"], "token"
        assert client.sys.read_health_status(method="GET")["sealed"] is False, "health"
        entered = hvac.Client(url=os.environ["FAKE"])
        entered.token = entered.auth.approle.login(role_id="r", secret_id="s")["auth"]["client_token"]
        assert entered.lookup_token()["data"]["ttl"] == 0, "login"
        entered.renew_token(increment=60)
        print("judged")
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fake_JudgedByHvac_AnswersAsVaultDoes()
    {
        var python = Locate();
        await using var fake = new VaultFake();
        fake.Add("llm/mistral", """{"api_key":"seeded","org":"o"}""");
        fake.Credentials = """auth/approle/login {"role_id":"r","secret_id":"s"}""";
        await fake.StartAsync(Token);
        using var store = VaultStores.Connect(fake, TimeProvider.System);
        var location = new SecretLocation { Store = store.Name, Name = "llm/mistral", Field = "api_key" };
        await store.WriteAsync(new(location, new SecretValue("written-by-us"), new SecretVersion("1"), Guid.NewGuid()), Token);

        (await RunAsync(python, fake)).ShouldBe("judged");

        (await store.ReadAsync(location with { Name = "llm/new", Field = "l" }, null, Token)).ShouldNotBeNull().Value.Reveal()
            .ShouldBe("2");
    }

    private static async Task<string> RunAsync(string python, VaultFake fake)
    {
        var start = new ProcessStartInfo(python, ["-c", Script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["FAKE"], start.Environment["FAKE_TOKEN"]) = (fake.Address.AbsoluteUri.TrimEnd('/'), VaultFake.RootToken);
        start.Environment["NO_PROXY"] = "*";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(Token);
            var errors = await process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            process.ExitCode.ShouldBe(0, errors);
            return (await output).Trim();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static string Locate()
    {
        if (Environment.GetEnvironmentVariable(PythonVariable) is { Length: > 0 } python)
        {
            return python;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }
}
