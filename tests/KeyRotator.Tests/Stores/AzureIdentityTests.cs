using System.Diagnostics;
using System.Text.Json.Nodes;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The whole way with Microsoft's own credentials: the program in a process of its own, whose environment has a managed identity
/// as App Service gives one.</summary>
/// <remarks>Source: "How to use managed identities for App Service and Azure Functions", REST endpoint reference.</remarks>
public sealed class AzureIdentityTests : IAsyncDisposable
{
    private const string ClientId = "0a1b2c3d-0000-1111-2222-333344445555";
    private const string Header = "made-up-header";

    private readonly AzureKeyVaultFake _vault = AzureVaults.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly IdentityEndpoint _identity = new();
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _vault.DisposeAsync();
        await _identity.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Timeout = 300_000)]
    public async Task StoresTest_ManagedIdentity_LogsInListsAndReads()
    {
        await _vault.StartAsync(Token);
        await _identity.StartAsync(Token);
        await File.WriteAllTextAsync(
            _folder["keyrotator.yaml"], $$"""stores: { v: { kind: azure, vault: "{{_vault.Address}}", clientId: {{ClientId}} } }""", Token);

        var (exitCode, output) = await RunAsync("stores", "test", "v");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("secret alpha can be read");
        output.ShouldNotContain(AzureKeyVaultFake.GoodToken);
        var asked = _identity.Requests[0];
        asked.Headers["X-IDENTITY-HEADER"].ShouldBe(Header);
        Uri.UnescapeDataString(asked.Query).ShouldContain("resource=https://vault.azure.net");
        asked.Query.ShouldContain($"client_id={ClientId}");
    }

    [Fact(Timeout = 300_000)]
    public async Task StoresTest_IdentityRefused_SaysSoWithoutMicrosoftsText()
    {
        var canary = new Canary();
        await _vault.StartAsync(Token);
        await _identity.StartAsync(Token);
        _identity.Refusal = canary.Text;
        await File.WriteAllTextAsync(_folder["keyrotator.yaml"], $$"""stores: { v: { kind: azure, vault: "{{_vault.Address}}" } }""", Token);

        var (exitCode, output) = await RunAsync("stores", "test", "v");

        exitCode.ShouldNotBe(0);
        output.ShouldContain("log in: ");
        canary.ShouldBeAbsentFrom(output);
        _vault.Requests.ShouldBeEmpty();
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "keyrotator.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder[""],
        };
        start.Environment["IDENTITY_ENDPOINT"] = new Uri(_identity.Address, "msi/token").AbsoluteUri;
        start.Environment["IDENTITY_HEADER"] = Header;
        start.Environment["AZURE_TOKEN_CREDENTIALS"] = "ManagedIdentityCredential";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(Token);
            var errors = await process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            return (process.ExitCode, await output + errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private sealed class IdentityEndpoint : FakeStoreServer
    {
        /// <summary>What tokens are refused with, or null.</summary>
        public string? Refusal { get; set; }

        protected override FakeAnswer Answer(FakeRequest request) => Refusal is null
            ? new(200, new JsonObject
            {
                ["access_token"] = AzureKeyVaultFake.GoodToken,
                ["expires_on"] = "4102444800",
                ["resource"] = "https://vault.azure.net",
                ["token_type"] = "Bearer",
            }.ToJsonString())
            : new(400, new JsonObject { ["statusCode"] = 400, ["message"] = Refusal }.ToJsonString());
    }
}
