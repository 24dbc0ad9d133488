using System.Text.Json.Nodes;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli;

/// <summary>What <c>stores test</c> says of each thing that is declared wrongly or in no state to be read: one failed step, which names
/// the place and what would be right.</summary>
public sealed class StoreTrialTests : IAsyncDisposable
{
    private const string Nothing = "nothing is there: check the name, and the region, project, mount or namespace of the store.";
    private const string Object = "the value is a JSON object, of which `field` names one member: store the key's exact text there, or "
        + "correct the location.";

    private const string NoField = "the secret is there and has no field `field`; only members of its first level are fields.";
    private const string Empty = "the value is empty: store the key's exact text there, or correct the location.";

    private readonly TrialStores _stores = new();

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    [Theory]
    [InlineData("""{"OPENAI_API_KEY":"sk-1","other":"x"}""", null, Object, "several fields, none named")]
    [InlineData("{\n  \"field\": \"sk-1\"\n}\n", null, Object, "one field, not named")]
    [InlineData("""{"other":"x"}""", "field", NoField, "an absent field")]
    [InlineData("""{"outer":{"field":"x"}}""", "field", NoField, "a nested field")]
    [InlineData("""{"field":1}""", "field", "the field is a number, not a string.", "a number")]
    [InlineData("""{"field":null}""", "field", "the field is null, not a string.", "null")]
    [InlineData("""{"field":{"a":"x"}}""", "field", "the field is an object, not a string.", "an object")]
    [InlineData("""{"field":""}""", "field", Empty, "an empty field")]
    [InlineData("sk-1\n", null, "the value contains a newline: store the key's exact text there, or correct the location.", "a newline")]
    [InlineData("sk-1", "field",
        "the secret is not valid JSON or is nested deeper than 64; leave \"field\" out where the whole secret is the key.", "no JSON")]
    public async Task Run_ValueThatIsNoKey_SaysWhatWouldBe(string text, string? field, string expected, string reason)
    {
        var (aws, awsFake) = await _stores.AwsAsync();
        awsFake.Add("llm", text);
        var (gcp, gcpFake) = await _stores.GcpAsync();
        gcpFake.AddForeign("llm", text);

        (await _stores.FailureAsync(aws, "llm", field)).ShouldBe(($"read remote:llm{(field is null ? "" : "#field")}", expected), reason);
        (await _stores.FailureAsync(gcp, "llm", field)).Message.ShouldBe(expected, reason);
        (await _stores.FailureAsync(await _stores.FileAsync("llm", text), "llm", field)).Message.ShouldBe(expected, reason);
        var env = new EnvironmentStore("env", _ => text, () => ["llm"]);
        (await _stores.FailureAsync(env, "llm", field)).Message.ShouldBe(expected, reason);
    }

    [Theory]
    [InlineData("""{"a":"sk-1","b":"x"}""", null, "it has 2 fields: name one with \"field\".")]
    [InlineData("""{"a":"sk-1","b":"x"}""", "field", NoField)]
    [InlineData("""{"outer":{"field":"x"}}""", "field", NoField)]
    [InlineData("""{"field":1}""", "field", "the field is a number, not a string.")]
    [InlineData("""{"field":1}""", null, "its one field is not a text.")]
    [InlineData("""{"field":""}""", "field", Empty)]
    [InlineData("{}", null, "it has 0 fields: name one with \"field\".")]
    public async Task Run_VaultFieldThatIsNoKey_SaysWhatWouldBe(string text, string? field, string expected)
    {
        var (store, fake) = await _stores.VaultAsync();
        fake.Add("llm", text);

        (await _stores.FailureAsync(store, "llm", field)).Message.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"a":"MQ==","b":"Mg=="}""", null, "the Secret has 2 keys: name one of them as `field`.")]
    [InlineData("""{"a":"MQ=="}""", "field", NoField)]
    [InlineData("""{"field":""}""", "field", Empty)]
    [InlineData("""{"field":"/w=="}""", "field", "the value is no UTF-8 text.")]
    public async Task Run_KubernetesKeyThatIsNoKey_SaysWhatWouldBe(string data, string? field, string expected)
    {
        var (store, fake) = await _stores.KubernetesAsync();
        fake.Put("llm", new Dictionary<string, string>());
        fake.Change("llm", secret => secret["data"] = JsonNode.Parse(data));

        (await _stores.FailureAsync(store, "llm", field)).Message.ShouldBe(expected);
    }

    [Fact]
    public async Task Run_BinarySecret_SaysSo()
    {
        var (aws, awsFake) = await _stores.AwsAsync();
        awsFake.Make(awsFake.Add("llm", null), Guid.NewGuid().ToString(), null, "/w==", ["AWSCURRENT"]);
        var (gcp, gcpFake) = await _stores.GcpAsync();
        (gcpFake.Secrets["llm"] = new()).Add([0xff]);

        (await _stores.FailureAsync(aws, "llm")).Message.ShouldBe("it is binary and no UTF-8 text.");
        (await _stores.FailureAsync(gcp, "llm")).Message.ShouldBe("the secret is no text in UTF-8.");
    }

    [Theory]
    [InlineData("grüße", "a name here has 1 to 512 letters, digits and /_+=.@-! only.")]
    [InlineData("a b", "a name here has 1 to 512 letters, digits and /_+=.@-! only.")]
    [InlineData("prod/../llm.1", Nothing)]
    [InlineData("arn:aws:secretsmanager:us-east-1:123456789012:secret:llm-a1B2c3",
        "the ARN is one of region us-east-1, and this store's is eu-central-1.")]
    [InlineData("arn:aws:iam::123456789012:role/x", "the ARN is none of a Secrets Manager secret.")]
    public async Task Run_AwsName_SaysWhatNamesAre(string name, string expected) =>
        (await _stores.FailureAsync((await _stores.AwsAsync()).Store, name)).Message.ShouldBe(expected);

    [Theory]
    [InlineData("prod/llm")]
    [InlineData("llm.1")]
    [InlineData("..")]
    [InlineData("grüße")]
    [InlineData("projects/p/secrets/llm")]
    public async Task Run_GcpName_SaysWhatNamesAre(string name) =>
        (await _stores.FailureAsync((await _stores.GcpAsync()).Store, name)).Message.ShouldBe(
            "names have 1 to 255 letters, digits, hyphens and underscores; project and location are the store's, not the name's.");

    [Theory]
    [InlineData("llm/../sys", "the name is no path: it has an empty part, a part of dots alone, or a control character.")]
    [InlineData("/llm", "the name is no path: it has an empty part, a part of dots alone, or a control character.")]
    [InlineData("llm/", "the name ends with a slash, so it is a folder's: name a secret in it.")]
    [InlineData("llm", "there is no secret, but a folder of that name: name a secret in it.")]
    [InlineData("llm/grüße.1", Nothing)]
    public async Task Run_VaultName_SaysWhatNamesAre(string name, string expected)
    {
        var (store, fake) = await _stores.VaultAsync();
        fake.Add("llm/mistral", "x");

        (await _stores.FailureAsync(store, name)).Message.ShouldBe(expected);
    }

    [Theory]
    [InlineData("a/b/c", "its name is no RFC 1123 subdomain: up to 253 lower-case letters, digits, `-` and `.`.")]
    [InlineData("..", "its name is no RFC 1123 subdomain: up to 253 lower-case letters, digits, `-` and `.`.")]
    [InlineData("grüße", "its name is no RFC 1123 subdomain: up to 253 lower-case letters, digits, `-` and `.`.")]
    [InlineData("../llm",
        "its namespace is no RFC 1123 label: up to 63 lower-case letters, digits and `-`; give `secret` or `namespace/secret`.")]
    [InlineData("other.team/llm",
        "its namespace is no RFC 1123 label: up to 63 lower-case letters, digits and `-`; give `secret` or `namespace/secret`.")]
    public async Task Run_KubernetesName_SaysWhatNamesAre(string name, string expected) =>
        (await _stores.FailureAsync((await _stores.KubernetesAsync()).Store, name)).Message.ShouldBe(expected);

    [Theory]
    [InlineData("prod/../llm")]
    [InlineData("grüße 🔑")]
    public async Task Run_FileName_IsAnyText(string name)
    {
        (await _stores.FailureAsync(await _stores.FileAsync("llm", "x"), name)).Message.ShouldBe(Nothing);
        (await _stores.StepsAsync(await _stores.FileAsync(name, "sk-1"), name)).ShouldAllBe(step => step.Passed);
    }

    [Fact]
    public async Task Run_ArnOfAnotherAccount_SaysWhoMustAllowIt()
    {
        var (store, fake) = await _stores.AwsAsync();
        fake.Denied.Add("GetSecretValue");

        (await _stores.FailureAsync(store, "arn:aws:secretsmanager:eu-central-1:210987654321:secret:llm-a1B2c3")).Message.ShouldBe(
            "the identity may not call GetSecretValue there. The ARN is one of account 210987654321: a secret of another account must "
            + "allow this identity by its own policy, and by that of its KMS key. Missing: secretsmanager:GetSecretValue on "
            + "arn:aws:secretsmanager:eu-central-1:210987654321:secret:llm-a1B2c3");
    }

    [Fact]
    public async Task Run_SecretThatIsLeaving_SaysHowToBringItBack()
    {
        var (aws, awsFake) = await _stores.AwsAsync();
        awsFake.Add("llm", "x").DeletedAt = awsFake.Now;
        var (gcp, gcpFake) = await _stores.GcpAsync();
        gcpFake.AddForeign("llm", "x");
        gcpFake.Secrets["llm"].Versions[0].State = "DISABLED";
        var (vault, vaultFake) = await _stores.VaultAsync();
        vaultFake.Add("llm", "x");
        vaultFake.Secrets["llm"].Latest.DeletedAt = "2026-01-02T03:04:05Z";

        (await _stores.FailureAsync(aws, "llm")).Message.ShouldBe("it is marked for deletion, or has no current version: restore it "
            + "(`aws secretsmanager restore-secret`), or name another secret.");
        (await _stores.FailureAsync(gcp, "llm")).Message.ShouldBe(
            "the version that latest means is disabled or destroyed: enable it, or add one.");
        (await _stores.FailureAsync(vault, "llm")).Message.ShouldBe(
            "its latest version 1 is deleted; bring it back with: vault kv undelete -mount=secret -versions=1 llm");
    }
}
