using KeyRotator.Configuration;
using KeyRotator.Tests.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>What <c>stores test</c> says to an identity that may touch what is declared and nothing else: that suffices, and what is missing
/// is still told.</summary>
public sealed class StoreTrialRightsTests : IAsyncDisposable
{
    private const string Spared = "missing, and not needed for what is declared: ";

    private readonly TrialStores _stores = new();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Fact]
    public async Task Run_RoleForOneName_SufficesForIt()
    {
        var (store, fake) = await _stores.KubernetesAsync();
        Put(fake, "llm", "foreign");
        fake.Named = ["llm"];

        var steps = await _stores.StepsAsync(store);

        steps.Select(step => step.Name).ShouldBe(["reach the API server", "identity", "list secrets", "rights to write", "read cluster:llm"]);
        steps.ShouldAllBe(step => step.Passed);
        steps[2].Message.ShouldStartWith(Spared);
        steps[2].Message.ShouldContain("list secrets in namespace team");
        steps[3].Message.ShouldBe("patch on team/llm");
    }

    [Fact]
    public async Task Run_RoleThatReadsAlone_SaysWhatWritingNeeds()
    {
        var (store, fake) = await _stores.KubernetesAsync();
        Put(fake, "llm");
        fake.Named = ["llm"];
        fake.Denied.Add("patch");

        var steps = await _stores.StepsAsync(store);

        steps.ShouldAllBe(step => step.Passed);
        steps[3].Message.ShouldBe("for writing is missing: patch on team/llm");
    }

    [Fact]
    public async Task Run_RoleForAnotherName_Fails()
    {
        var (store, fake) = await _stores.KubernetesAsync();
        Put(fake, "llm", "other");
        fake.Named = ["other"];

        var steps = await _stores.StepsAsync(store);

        steps.Where(step => !step.Passed).Select(step => step.Name).ShouldBe(["list secrets", "read cluster:llm"]);
        steps[2].Message.ShouldNotStartWith(Spared);
        steps[3].Message.ShouldBe("for writing is missing: patch on team/llm");
    }

    [Fact]
    public async Task Run_StoreToDiscoverIn_NeedsItsListing()
    {
        var (store, fake) = await _stores.KubernetesAsync();
        Put(fake, "llm");
        fake.Named = ["llm"];

        var steps = await _stores.StepsAsync(store, discover: new DiscoverSettings { Tag = "keyrotator" });

        steps.Single(step => !step.Passed).Name.ShouldBe("list secrets");
    }

    [Fact]
    public async Task Run_GcpWithoutListing_AsksAboutWhatIsDeclared()
    {
        var (store, fake) = await _stores.GcpAsync();
        fake.AddForeign("llm", "value");
        fake.Denied.Add("secretmanager.secrets.list");

        var steps = await _stores.StepsAsync(store);

        steps.Select(step => step.Name).ShouldBe(["log in", "reach and list", "permissions", "read mine:llm"]);
        steps.ShouldAllBe(step => step.Passed);
        steps[1].Message.ShouldStartWith(Spared);
        steps[2].Message.ShouldBe("secret llm can be read and written");
    }

    [Fact]
    public async Task Run_GcpSecretOfNoRights_SaysThatItMayBeAbsent()
    {
        var (store, fake) = await _stores.GcpAsync();
        fake.AddForeign("a-foreign-one", "value");

        var failed = await _stores.FailureAsync(store);

        failed.Name.ShouldBe("permissions");
        failed.Message.ShouldStartWith("secret llm is not there, or nothing of it is allowed: grant secretmanager.versions.access");
    }

    [Fact]
    public async Task Run_VaultWithoutListing_AsksAboutWhatIsDeclared()
    {
        var (store, fake) = await _stores.VaultAsync();
        fake.Add("llm", """{"value":"sk-1"}""");
        (fake.MayList, fake.MayTag) = (false, false);

        var steps = await _stores.StepsAsync(store);

        steps.ShouldAllBe(step => step.Passed);
        steps.Single(step => step.Name == "list secret").Message.ShouldStartWith(Spared);
        steps.Single(step => step.Name == "permissions in secret").Message.ShouldContain("path \"secret/metadata/llm\"");
    }

    [Fact]
    public async Task Run_AzureWithForeignSecrets_ReadsWhatIsDeclared()
    {
        var (store, fake) = await _stores.AzureAsync();
        fake.AddForeign("a-foreign-one", "value");
        fake.AddForeign("llm", "value");

        var steps = await _stores.StepsAsync(store);

        steps.ShouldAllBe(step => step.Passed);
        steps.Single(step => step.Name == "read").Message.ShouldStartWith("secret llm can be read; writing is not tried");
        (await _stores.StepsAsync(store, "absent")).Single(step => step.Name == "read").Message.ShouldStartWith("secret absent is not there");
    }

    private static void Put(KubernetesFake fake, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            fake.Put(name, new Dictionary<string, string> { ["value"] = "text" });
        }
    }
}
