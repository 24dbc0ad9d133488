using Amazon.Runtime;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Stores.Auth;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed partial class AwsSecretsManagerStoreTests : RemoteSecretStoreContract
{
    [Fact]
    public async Task ReadMany_FiveThousandKeys_TakesOneCallForTwenty()
    {
        var names = Enumerable.Range(1, 5_000).Select(number => $"llm/key-{number}").ToList();
        await using var fake = CreateFake(names.ToDictionary(name => name, name => $"value of {name}"));
        await fake.StartAsync(Token);
        var store = Open(fake.Address, TimeProvider.System);

        var read = 0;
        foreach (var part in names.Chunk(store.BatchSize))
        {
            var readings = await store.ReadManyAsync([.. part.Select(name => At(store, name))], Token);
            read += readings.Count(reading => reading.Secret?.Value.Reveal() == $"value of {reading.Location.Name}");
        }

        (read, fake.Requests.Count).ShouldBe((5_000, 250));
    }

    protected override string ReadPermission =>
        "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-central-1:*:secret:alpha-??????";

    private protected override StoreRequests RotationCalls => new(Reads: 10, Lists: 1, Writes: 5);

    protected override string WritePermission => "secretsmanager:PutSecretValue";

    protected override FakeStoreServer CreateFake(IReadOnlyDictionary<string, string> secrets)
    {
        var fake = new AwsSecretsManagerFake();
        foreach (var (name, text) in secrets)
        {
            fake.Add(name, text);
        }

        return fake;
    }

    protected override ISecretStore Connect(FakeStoreServer fake, TimeProvider time) => Open(fake.Address, time);

    protected override void Deny(FakeStoreServer fake, bool isWrite) =>
        ((AwsSecretsManagerFake)fake).Denied.UnionWith(
            isWrite ? ["PutSecretValue", "CreateSecret", "UpdateSecretVersionStage", "DeleteSecret"] : ["GetSecretValue"]);

    protected override string? ValueIn(FakeStoreServer fake, string name) => ((AwsSecretsManagerFake)fake).Find(name)?.CurrentText;

    protected override int VersionsIn(FakeStoreServer fake, string name) => ((AwsSecretsManagerFake)fake).Find(name)!.Versions.Count;

    protected override void WriteForeign(FakeStoreServer fake, string name, string text)
    {
        var aws = (AwsSecretsManagerFake)fake;
        aws.Make(aws.Find(name)!, Guid.NewGuid().ToString(), text, null, ["AWSCURRENT"]);
    }

    internal static AwsSecretsManagerStore Open(Uri address, TimeProvider time, Func<string, string?>? environment = null)
    {
        var options = new AwsStoreOptions { Address = address, Region = AwsSecretsManagerFake.Region };
        var settings = new StoreSettings { Name = "remote", Kind = "aws", Options = options };
        var keys = new BasicAWSCredentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        return new(settings, time, new AwsAccess(options, environment ?? (_ => null), time, keys));
    }
}
