using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using KeyRotator.Alerts;
using KeyRotator.Configuration;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

/// <summary>A secret shows in no text that is made of it, nor of what holds it.</summary>
public sealed class RedactionTests
{
    private static readonly Canary s_canary = new();

    private static readonly StoredSecret s_stored = new(s_canary.Value, new SecretVersion("1"));

    private static readonly object[] s_holders =
    [
        new ChannelSettings { Name = "ops", Kind = "webhook", Url = s_canary.Value, Secret = s_canary.Value, PreviousSecret = s_canary.Value, ApiKey = s_canary.Value },
        new HeartbeatSettings { Url = s_canary.Value },
        new StoreSettings { Name = "local", Kind = "file", Passphrase = s_canary.Value },
        new VaultStoreOptions { Token = s_canary.Value, SecretId = s_canary.Value },
        new PostgresAddress { Hosts = [new("db")], Database = "keys", User = "kr", Password = s_canary.Value },
        s_stored,
        new StoreReading(A.Key().Primary, s_stored, null),
        new SecretWrite(A.Key().Primary, s_canary.Value, null, Guid.Empty),
        new Replacement("k", s_canary.Value, null, "new.yaml:1:1"),
        new SyncPlan(new RotationRequest { Key = A.Key(), Actor = "ops@test" }, s_canary.Value, []),
        new KeyReading(A.Key(), new StoreReading(A.Key().Primary, s_stored, null), [], ProbeConnection.Shared, null),
    ];

    public static TheoryData<string> Holders => [.. s_holders.Select(holder => holder.GetType().Name)];

    [Fact]
    public void SecretValue_AsText_IsTheMarker()
    {
        var value = s_canary.Value;
        string[] texts = [value.ToString(), $"{value}", string.Format(null, "{0,20}", value), string.Concat("a", value), JsonSerializer.Serialize(value), JsonSerializer.Serialize<object>(value)];

        texts.ToList().ForEach(s_canary.ShouldBeAbsentFrom);
        texts.ShouldAllBe(text => text.Contains("[redacted]"));
    }

    [Fact]
    public void SecretValue_InADebugger_IsTheMarker() =>
        typeof(SecretValue).GetCustomAttribute<DebuggerDisplayAttribute>().ShouldNotBeNull().Value.ShouldBe("[redacted]");

    [Fact]
    public void SecretValue_FromJson_IsRefused() => Should.Throw<JsonException>(() => JsonSerializer.Deserialize<SecretValue>("\"text\""));

    [Fact]
    public void SecretValue_TwoOfOneText_AreNotComparedByIt() => s_canary.Value.Equals(s_canary.Value).ShouldBeFalse();

    [Theory]
    [MemberData(nameof(Holders))]
    public void Holder_AsTextAndJson_ShowsNoSecret(string type)
    {
        var holder = s_holders.Single(holder => holder.GetType().Name == type);

        s_canary.ShouldBeAbsentFrom(holder.ToString());
        s_canary.ShouldBeAbsentFrom(JsonSerializer.Serialize(holder, holder.GetType()));
    }

    [Fact]
    public void Holders_AllRecordsWithASecret_AreInThisTest()
    {
        var records = TypeUses.Types.Where(type => type.GetMethod("<Clone>$") is not null && type.GetProperties().Any(property => property.PropertyType == typeof(SecretValue)));

        records.Select(record => record.Name).Except(s_holders.Select(holder => holder.GetType().Name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(20)]
    [InlineData(400)]
    public void Fingerprint_AnyLength_ShowsTwelveDigitsAndNothingOfTheValue(int length)
    {
        var text = string.Concat(Enumerable.Repeat(s_canary.Text, 20))[..length];

        var shown = Seen.FingerprintOf(text).Short;

        shown.Length.ShouldBe(12);
        s_canary.ShouldBeAbsentFrom(shown);
    }
}
