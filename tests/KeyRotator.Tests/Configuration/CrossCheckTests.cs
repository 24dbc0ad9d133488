using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class CrossCheckTests
{
    private const string Stores =
        "stores: { env: { kind: env }, local: { kind: file, path: a, passphrase: p }, spare: { kind: file, path: b, passphrase: p } }\n";

    /// <summary>A key's members, the fault's path below the key, and what its message must hold.</summary>
    public static TheoryData<string, string, string> KeyFaults { get; } = new()
    {
        { "provider: mistrl, locations: [{ store: env, name: A }]", "provider", "did you mean `mistral`?" },
        { "provider: azure-openai, locations: [{ store: env, name: A }]", "provider", "`azure-openai` needs `baseUrl`: declare an instance" },
        { "provider: bedrock, locations: [{ store: env, name: A }]", "provider", "`bedrock` needs `region`: declare an instance" },
        { "provider: mistral, locations: [{ store: evn, name: A }]", "locations[0].store", "did you mean `env`?" },
        { "provider: mistral, locations: [{ store: vault, name: A }]", "locations[0].store", "`vault` is not a store: known are env, local, spare" },
        { "provider: mistral, locations: [{ store: env, name: A, follows: 1h }]", "locations[0].follows", "the first location is the primary" },
        { "provider: mistral, locations: [{ store: env, name: A }, { store: env, name: A }]", "locations[1]", "stands in the list already" },
        { "provider: mistral, locations: [{ store: local, name: A }], holding: { store: env, name: B }", "holding.store", "a store of kind `env` cannot be written" },
        { "provider: mistral, locations: [{ store: local, name: A }], previous: { store: none, name: B }", "previous.store", "`none` is not a store" },
        { "provider: mistral, locations: [{ store: local, name: A }], previous: { store: local, name: A }", "previous", "a place of its own" },
        { "provider: mistral, locations: [{ store: env, name: A }], rotateBefore: 90d", "rotateBefore", "rotateBefore must be less than rotateEvery" },
        { "provider: mistral, locations: [{ store: env, name: A }], rotateEvery: 7d", "rotateEvery", "rotateBefore must be less than rotateEvery" },
        { "provider: mistral, locations: [{ store: env, name: A }], grace: 7d", "grace", "grace must be less than retireWithin" },
        { "provider: mistral, locations: [{ store: env, name: A }], checkEvery: 30s, confirmAfter: 30s", "confirmAfter", "confirmAfter must be less than checkEvery" },
        { "provider: mistral, locations: [{ store: env, name: A }], warnBefore: [7d, 7d]", "warnBefore", "the ladder must descend" },
        { "provider: mistral, locations: [{ store: env, name: A }], warnBefore: [1d, 7d]", "warnBefore", "the ladder must descend" },
    };

    [Theory]
    [MemberData(nameof(KeyFaults))]
    public void Load_KeyThatDoesNotFit_IsOneFault(string members, string path, string message)
    {
        var fault = SettingsFolder.LoadText($"{Stores}keys: {{ a.b/c: {{ {members} }} }}").Faults.ShouldHaveSingleItem();

        fault.Path.ShouldBe("keys.a.b/c." + path);
        fault.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("grace: 24h, retireWithin: 2d")] // one hour less would do as well
    [InlineData("grace: 0s")] // no grace at all
    [InlineData("rotateEvery: 15d")] // a day more than rotateBefore
    [InlineData("warnBefore: [0d]")] // the last rung alone
    [InlineData("suspended: true")] // held
    public void Load_KeyAtTheEdge_IsTaken(string members) =>
        SettingsFolder.LoadText($"{Stores}keys: {{ a: {{ provider: mistral, locations: [{{ store: env, name: A }}, {{ store: local, name: A, follows: 1s }}], {members} }} }}")
            .Faults.ShouldBeEmpty();

    [Fact]
    public void Load_TwoKeysWithOneId_NamesBothPlaces()
    {
        var key = "{ provider: mistral, locations: [{ store: env, name: A }] }";

        var fault = SettingsFolder.LoadText($"{Stores}keys:\n  a: {key}\n  b: {key}\n  a: {key}").Faults.ShouldHaveSingleItem();

        (fault.Line, fault.Path).ShouldBe((5, "keys.a"));
        fault.Message.ShouldContain("the first is at ");
        fault.Message.ShouldEndWith(":3:3");
    }

    [Fact]
    public void Load_BadDefaults_AreNotRepeatedAtEveryKey() =>
        SettingsFolder.LoadText($$"""
            {{Stores}}defaults: { grace: 30d }
            keys:
              a: { provider: mistral, locations: [{ store: env, name: A }] }
              b: { provider: mistral, locations: [{ store: env, name: B }], checkEvery: 1h }
            """).Faults.ShouldHaveSingleItem().Path.ShouldBe("defaults.grace");

    [Fact]
    public void Load_UnknownNamesInRoutes_AreFaults()
    {
        var faults = SettingsFolder.LoadText("""
            alerts:
              channels: { ops: { kind: webhook, url: "https://h" } }
              routes: [{ match: { provider: mistrall }, channels: [ops, opps] }]
            """).Faults;

        faults.Select(fault => fault.Path).ShouldBe(["alerts.routes[0].match.provider", "alerts.routes[0].channels[1]"]);
        faults.ShouldAllBe(fault => fault.Message.Contains("did you mean"));
    }

    [Fact]
    public void Load_AStoreWithAFault_StillHasAName() =>
        SettingsFolder.LoadText("stores: { s: { kind: file } }\nkeys: { a: { provider: mistral, locations: [{ store: s, name: A }] } }")
            .Faults.ShouldAllBe(fault => fault.Path == "stores.s");

    [Fact]
    public void Load_FileThatBreaksOff_ReportsNoMissingNames() =>
        SettingsFolder.LoadText(
            "keys: { a: { provider: nobody, locations: [{ store: later, name: A }] } }\nstores: { later: { kind: env }\n")
            .Faults.ShouldHaveSingleItem().Message.ShouldContain("not valid YAML");
}
