using System.Diagnostics;
using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>Microsoft's client for JavaScript, a second one beside that for .NET which the store itself uses, judges the fake and reads
/// what the store wrote.</summary>
public sealed class AzurePeerTests
{
    private const string FolderVariable = "KEYROTATOR_AZURE_JS";
    private const string Advice = $"{FolderVariable} names no folder with @azure/keyvault-secrets. Get it with: "
        + $"npm install --prefix FOLDER @azure/keyvault-secrets@4.11.2; then set {FolderVariable}=FOLDER";

    private const string Script = """
        const assert = require("node:assert/strict");
        const from = require("node:module").createRequire(process.env.FOLDER + "/package.json");
        const { SecretClient } = from("@azure/keyvault-secrets");
        const { createDefaultHttpClient } = from("@azure/core-rest-pipeline");
        const http = createDefaultHttpClient();
        const plain = { sendRequest: (request) => {      // the client puts tokens on https only; the fake has none
            request.url = request.url.replace("https://", "http://");
            request.allowInsecureConnection = true;
            return http.sendRequest(request);
        } };
        const connect = (token) => new SecretClient(process.env.FAKE.replace("http://", "https://"),
            { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3600000 }) },
            { httpClient: plain, disableChallengeResourceVerification: true, retryOptions: { maxRetries: 0 } });
        const all = async (pages) => { const found = []; for await (const one of pages) found.push(one); return found; };
        (async () => {
            const client = connect(process.env.TOKEN);
            const read = await client.getSecret("alpha");
            assert.equal(read.value, "of the store");
            assert.equal(read.properties.version, process.env.VERSION);
            assert.equal(read.properties.tags.env, "prod");
            assert.equal(read.properties.enabled, true);
            const versions = await all(client.listPropertiesOfSecretVersions("alpha"));
            assert.equal(versions.length, 31);
            assert.equal(versions.filter((one) => one.createdOn.getTime() === read.properties.createdOn.getTime()).length, 1);
            assert.deepEqual(await all(client.listPropertiesOfSecretVersions("absent")), []);

            const made = await client.setSecret("beta", "of JavaScript", { tags: { by: "js" }, contentType: "text/plain" });
            assert.match(made.properties.version, /^[0-9a-f]{32}$/);
            assert.deepEqual((await all(client.listPropertiesOfSecrets())).map((one) => one.name), ["alpha", "beta"]);
            await assert.rejects(client.getSecret("absent"), { statusCode: 404, code: "SecretNotFound" });
            await assert.rejects(client.getSecret("alpha", { version: "0".repeat(32) }), { statusCode: 404, code: "SecretNotFound" });
            await assert.rejects(client.setSecret("beta", "x".repeat(25601)), { statusCode: 400, code: "BadParameter" });
            await assert.rejects(connect("eyJ.of.another").getSecret("alpha"), { statusCode: 401 });

            const off = await client.setSecret("gamma", "off", { enabled: false });
            await assert.rejects(client.getSecret("gamma"), { statusCode: 403, code: "Forbidden" });
            await client.updateSecretProperties("gamma", off.properties.version, { enabled: true });
            assert.equal((await client.getSecret("gamma")).value, "off");
            await (await client.beginDeleteSecret("gamma", { intervalInMs: 1 })).pollUntilDone();
            await assert.rejects(client.setSecret("gamma", "on"), { statusCode: 409, code: "Conflict" });
            await (await client.beginRecoverDeletedSecret("gamma", { intervalInMs: 1 })).pollUntilDone();
            assert.equal((await client.getSecret("gamma")).value, "off");
            await (await client.beginDeleteSecret("gamma", { intervalInMs: 1 })).pollUntilDone();
            assert.deepEqual((await all(client.listDeletedSecrets())).map((one) => one.name), ["gamma"]);
            assert.equal((await client.getDeletedSecret("gamma")).properties.recoveryLevel, "Recoverable+Purgeable");
            assert.equal((await client.getDeletedSecret("gamma")).properties.version, off.properties.version);
            await client.purgeDeletedSecret("gamma");
            await assert.rejects(client.getDeletedSecret("gamma"), { statusCode: 404, code: "SecretNotFound" });
            await assert.rejects(client.purgeDeletedSecret("gamma"), { statusCode: 404, code: "SecretNotFound" });
            console.log("judged");
        })().catch((fault) => { console.error(fault); process.exit(1); });
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fake_JudgedByMicrosoftsOtherClient_AnswersAsKeyVaultDoes()
    {
        var folder = Locate();
        await using var fake = AzureVaults.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
        Enumerable.Range(0, 29).ToList().ForEach(i => fake.AddForeign("alpha", $"{i}").Tags = new() { ["env"] = "prod" });
        await fake.StartAsync(Token);
        var store = AzureVaults.Connect(fake, TimeProvider.System);
        var alpha = new SecretLocation { Store = "mine", Name = "alpha" };
        var current = (await store.ReadAsync(alpha, null, Token)).ShouldNotBeNull().Version;
        var version = await store.WriteAsync(new(alpha, new("of the store"), current, Guid.NewGuid()), Token);

        (await RunAsync(folder, fake, version.ShouldNotBeNull().Id)).ShouldBe("judged");

        (await store.ReadAsync(alpha with { Name = "beta" }, null, Token)).ShouldNotBeNull().Value.Reveal().ShouldBe("of JavaScript");
        (await store.DescribeAsync(alpha with { Name = "beta" }, Token)).ShouldNotBeNull().Tags["by"].ShouldBe("js");
    }

    private static async Task<string> RunAsync(string folder, AzureKeyVaultFake fake, string version)
    {
        var start = new ProcessStartInfo("node", ["-e", Script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment["FOLDER"], start.Environment["FAKE"]) = (folder, fake.Address.AbsoluteUri);
        (start.Environment["TOKEN"], start.Environment["VERSION"]) = (AzureKeyVaultFake.GoodToken, version);
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
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
        {
            return folder;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }
}
