using Amazon.Runtime;
using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>Pins, and giving a version up: each under every fault of the network, at every request.</summary>
public sealed class AwsPinTests : IAsyncDisposable
{
    private const string Pin = "4f1d0f0e6a0b4b0c9c1e1f2a3b4c5d6e";
    private const string Label = "KEYROTATOR_PREVIOUS_" + Pin;

    private static readonly SecretLocation s_alpha = new() { Store = "remote", Name = "alpha" };

    private readonly AwsSecretsManagerFake _fake = new();
    private readonly ManualClock _clock = new();

    public static TheoryData<StoreFault, int> Faults =>
        [.. from fault in Enum.GetValues<StoreFault>() from point in Enumerable.Range(0, 4) select (fault, point)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public async Task Pin_ThenUnpin_IsALabelThatComesAndGoes()
    {
        var (store, secret, old) = await StartAsync();

        await store.PinAsync(s_alpha, new(old), Pin, Token);
        await store.PinAsync(s_alpha, new(old), Pin, Token);
        secret.Holder(Label).ShouldBe(old);
        (await store.DescribeAsync(s_alpha, Token))!.Pins.ShouldBe(new Dictionary<string, SecretVersion> { [Pin] = new(old) });

        await store.UnpinAsync(s_alpha, Pin, Token);
        await store.UnpinAsync(s_alpha, Pin, Token);
        secret.Holder(Label).ShouldBeNull();
        secret.Holder("AWSCURRENT").ShouldBe(old);
    }

    [Fact]
    public async Task Pin_OnAnotherVersion_Moves()
    {
        var (store, secret, old) = await StartAsync();
        await store.PinAsync(s_alpha, new(old), Pin, Token);
        var next = Guid.NewGuid().ToString();
        _fake.Make(secret, next, "next", null, ["AWSCURRENT"]);

        await store.PinAsync(s_alpha, new(next), Pin, Token);

        secret.Holder(Label).ShouldBe(next);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Pin_FaultAtAnyRequest_RepeatedItIsOneLabel(StoreFault fault, int point)
    {
        var (store, secret, old) = await StartAsync();
        await DisturbedAsync(fault, point, () => store.PinAsync(s_alpha, new(old), Pin, Token));

        secret.Holder(Label).ShouldBe(old);
        secret.Versions.Values.Sum(version => version.Labels.Count).ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Purge_FaultAtAnyRequest_RepeatedTheVersionHasNoLabel(StoreFault fault, int point)
    {
        var (store, secret, old) = await StartAsync();
        var next = Guid.NewGuid().ToString();
        _fake.Make(secret, next, "next", null, ["AWSCURRENT"]);
        await DisturbedAsync(fault, point, () => store.PurgeAsync(s_alpha, new(old), Token));

        secret.Versions[old].Labels.ShouldBeEmpty();
        secret.Holder("AWSCURRENT").ShouldBe(next);
    }

    [Fact]
    public async Task Pin_NoLabelLeft_SaysSo()
    {
        var (store, secret, old) = await StartAsync();
        Enumerable.Range(0, 19).ToList().ForEach(index => secret.Versions[old].Labels.Add($"theirs-{index}"));

        (await Should.ThrowAsync<SecretStoreException>(() => store.PinAsync(s_alpha, new(old), Pin, Token)))
            .Advice.ShouldContain("20 labels");
        secret.Holder(Label).ShouldBeNull();
    }

    [Theory]
    [InlineData("AWSCURRENT", "current")]
    [InlineData("THEIRS", "THEIRS")]
    [InlineData("KEYROTATOR_PREVIOUS_of-another", "KEYROTATOR_PREVIOUS_of-another")]
    public async Task Purge_VersionThatSomebodyKeeps_IsRefused(string label, string named)
    {
        var (store, secret, old) = await StartAsync();
        _fake.Make(secret, Guid.NewGuid().ToString(), "next", null, label == "AWSCURRENT" ? ["OTHER"] : ["AWSCURRENT"]);
        secret.Versions[old].Labels.Add(label);
        var before = secret.Versions[old].Labels.ToList();

        (await Should.ThrowAsync<SecretConflictException>(() => store.PurgeAsync(s_alpha, new(old), Token))).Advice.ShouldContain(named);

        secret.Versions[old].Labels.ShouldBe(before);
    }

    [Fact]
    public async Task LastRead_TellsTheDayOfThatVersion()
    {
        var (store, secret, old) = await StartAsync();
        (await store.LastReadAsync(s_alpha, new(old), Token)).ShouldBeNull();

        await store.ReadAsync(s_alpha, new(old), Token);
        _fake.Make(secret, Guid.NewGuid().ToString(), "next", null, ["AWSCURRENT"]);
        _fake.Now += TimeSpan.FromDays(3);
        await store.ReadAsync(s_alpha, null, Token);

        (await store.LastReadAsync(s_alpha, new(old), Token)).ShouldBe(new DateOnly(2026, 11, 21));
        (await store.LastReadAsync(s_alpha, new(Guid.NewGuid().ToString()), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Denied_NamesThePermission()
    {
        var (store, _, old) = await StartAsync();
        _fake.Denied.UnionWith(["UpdateSecretVersionStage", "ListSecretVersionIds"]);

        (await Should.ThrowAsync<SecretStoreException>(() => store.PinAsync(s_alpha, new(old), Pin, Token)))
            .MissingPermission!.ShouldContain("secretsmanager:UpdateSecretVersionStage");
        (await Should.ThrowAsync<SecretStoreException>(() => store.LastReadAsync(s_alpha, new(old), Token)))
            .MissingPermission!.ShouldContain("secretsmanager:ListSecretVersionIds");
    }

    private async Task DisturbedAsync(StoreFault fault, int point, Func<Task> call)
    {
        var left = point;
        _fake.Inject(fault, _ => left-- == 0);
        try
        {
            using var done = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var hangs = ExpireAsync(done.Token);
            await Drive.UntilDone(call(), _clock);
            await done.CancelAsync();
            await hangs;
        }
        catch (SecretStoreException failure)
        {
            failure.ToString().ShouldNotContain("Sign in");
        }

        _fake.ClearFaults();
        await Drive.UntilDone(call(), _clock);
    }

    // What hangs runs into its time limit.
    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        await _fake.HangsAsync(cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        if (!cancellationToken.IsCancellationRequested)
        {
            _clock.Advance(StoreClient.Timeout);
        }
    }

    private async Task<(AwsSecretsManagerStore Store, AwsFakeSecret Secret, string Old)> StartAsync()
    {
        await _fake.StartAsync(Token);
        _fake.Clock = _clock.GetUtcNow();
        var options = new AwsStoreOptions { Address = _fake.Address, Region = AwsSecretsManagerFake.Region };
        var keys = new BasicAWSCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        var settings = new StoreSettings { Name = "remote", Kind = "aws", Options = options };
        var secret = _fake.Add("alpha", "old");
        return (new(settings, _clock, new(options, _ => null, _clock, keys)), secret, secret.Holder("AWSCURRENT")!);
    }
}
