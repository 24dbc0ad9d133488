using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd;

/// <summary>Vendors' libraries are loaded by the stores that use them, and cost nobody else anything.</summary>
public sealed class StartTests
{
    private static readonly string[] s_vendors =
        ["AWSSDK", "Azure", "Google", "Microsoft.Identity", "System.ClientModel", "System.Memory.Data"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Run_WithoutACloudsStore_NeedsNoVendorsLibrary()
    {
        await using var site = await Site.StartAsync("alpha");
        var program = Directory.CreateTempSubdirectory("keyrotator-e2e-");
        try
        {
            CopyWithoutVendors(program.FullName);

            (await RunAsync(program, site, "version")).ExitCode.ShouldBe(0);
            var check = await RunAsync(program, site, "check");

            check.ExitCode.ShouldBe(0, check.Out + check.Error);
            check.Out.ShouldContain("1 key: 1 accepted");
        }
        finally
        {
            program.Delete(recursive: true);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Run_WithAVault_NeedsThem()
    {
        await using var site = await Site.StartAsync();
        await File.WriteAllTextAsync(
            site.At("keyrotator.yaml"), "stores: { a: { kind: azure, vault: \"http://127.0.0.1:1\" } }\n", Token);
        var program = Directory.CreateTempSubdirectory("keyrotator-e2e-");
        try
        {
            CopyWithoutVendors(program.FullName);

            var test = await RunAsync(program, site, "stores", "test", "a");

            test.ExitCode.ShouldNotBe(0);
            (test.Out + test.Error).ShouldContain("Azure.");
        }
        finally
        {
            program.Delete(recursive: true);
        }
    }

    // Without the list of dependencies, which the host would compare with what is there, it takes every library of the folder.
    private static void CopyWithoutVendors(string folder)
    {
        static bool IsVendors(string file) => s_vendors.Any(vendor => Path.GetFileName(file).StartsWith(vendor, StringComparison.Ordinal));
        var files = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(file => !IsVendors(file));
        foreach (var file in files.Append(Path.Combine(AppContext.BaseDirectory, "keyrotator.runtimeconfig.json")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    private static async Task<Ended> RunAsync(DirectoryInfo program, Site site, params string[] arguments)
    {
        await using var process = Keyrotator.Start(site.Folder, site.Environment, arguments, program: program.FullName);
        return await process.EndAsync(Token);
    }
}
