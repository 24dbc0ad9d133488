using KeyRotator.Import;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Import;

/// <summary>What is found in a store, and the YAML of it.</summary>
public sealed class StoreImportTests
{
    private static readonly Fingerprinter s_fingerprinter = new(new byte[Fingerprinter.SaltLength]);
    private readonly Canary _canary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_NamesAndFormats_AreRecognised()
    {
        var found = await FindAsync(new()
        {
            ["team/MISTRAL_API_KEY"] = _canary.Text,
            ["team/openai-api-key"] = _canary.Text + "2",
            ["team/json"] = $$"""{"GROQ_API_KEY":"{{_canary.Text}}3","port":8080,"note":"hello"}""",
            ["team/unknown"] = "hello",
            ["team/XAI_API_KEY"] = "",
        });

        found.Keys.Select(key => (key.Location.ToString(), key.Provider.Kind)).ShouldBe(
            [("prod:team/MISTRAL_API_KEY", "mistral"), ("prod:team/json#GROQ_API_KEY", "groq"), ("prod:team/openai-api-key", "openai")]);
        (found.Secrets, found.IsCutShort, found.Failures.Count).ShouldBe((5, false, 0));
    }

    [Fact]
    public async Task Find_Prefix_LooksAtNoOthers()
    {
        var found = await FindAsync(new() { ["a/MISTRAL_API_KEY"] = "x", ["b/MISTRAL_API_KEY"] = "y" }, "b/");

        found.Keys.Single().Location.Name.ShouldBe("b/MISTRAL_API_KEY");
        found.Secrets.ShouldBe(1);
    }

    [Fact]
    public async Task Render_SameValueTwice_IsOneKeyWithTwoLocations()
    {
        var found = await FindAsync(new()
        {
            ["a/MISTRAL_API_KEY"] = _canary.Text,
            ["b/x y"] = $$"""{"MISTRAL_API_KEY":"{{_canary.Text}}"}""",
            ["c/MISTRAL_API_KEY"] = "other",
        });
        var first = found.Keys[0].Fingerprint.Short;
        var declared = new SecretLocation { Store = "prod", Name = "c/MISTRAL_API_KEY" };

        var yaml = StoreImportYaml.Render(found, new HashSet<SecretLocation> { declared });

        yaml.ShouldBe(
            $$"""
            # Found in prod: 3 keys in 3 secrets, 1 of them declared already.
            # Values are not here: KeyRotator reads each secret at every check. Behind a location stands its value's fingerprint.
            keys:
              prod/a/MISTRAL_API_KEY:
                provider: mistral
                locations:
                  - { store: prod, name: a/MISTRAL_API_KEY } # {{first}}
                  - { store: prod, name: "b/x y", field: MISTRAL_API_KEY } # {{first}}

            """);
        _canary.ShouldBeAbsentFrom(yaml);
    }

    [Fact]
    public async Task Render_NamesThatBecomeOneId_AreNumbered()
    {
        var found = await FindAsync(new() { ["a b/MISTRAL_API_KEY"] = "1", ["a-b/MISTRAL_API_KEY"] = "2", ["a:b/MISTRAL_API_KEY"] = "3" });

        var yaml = StoreImportYaml.Render(found, new HashSet<SecretLocation>());

        yaml.Split('\n').Where(line => line.StartsWith("  prod", StringComparison.Ordinal)).ShouldBe(
            ["  prod/a-b/MISTRAL_API_KEY:", "  prod/a-b/MISTRAL_API_KEY-2:", "  prod/a-b/MISTRAL_API_KEY-3:"]);
    }

    [Fact]
    public async Task Find_OneSecretCannotBeRead_IsToldAndHidesNoOther()
    {
        var names = new[] { "a/MISTRAL_API_KEY", "b/MISTRAL_API_KEY" };
        var store = new FailingListing(names, "a/MISTRAL_API_KEY");

        var found = await StoreImport.FindAsync(store, "", s_fingerprinter, Token);

        found.Keys.Single().Location.Name.ShouldBe("b/MISTRAL_API_KEY");
        found.Failures.Single().Message.ShouldContain("a/MISTRAL_API_KEY");
    }

    private static Task<StoreImportResult> FindAsync(Dictionary<string, string> secrets, string prefix = "") =>
        StoreImport.FindAsync(new EnvironmentStore("prod", secrets.GetValueOrDefault, () => secrets.Keys), prefix, s_fingerprinter, Token);

    private sealed class FailingListing : MemoryStore, ISecretListing
    {
        private readonly string[] _names;

        public FailingListing(string[] names, string denied)
            : base("prod")
        {
            _names = names;
            Denied.Add(denied);
            names.ToList().ForEach(name => Put(name, "value"));
        }

        public IAsyncEnumerable<ListedSecret> ListAsync(string prefix, CancellationToken cancellationToken) =>
            _names.Select(name => new ListedSecret(name, null)).ToAsyncEnumerable();
    }
}
