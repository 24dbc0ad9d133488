using KeyRotator.Secrets;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Architecture;

/// <summary>Clear text leaves its wrapper where it is put on the wire or into a store, and nowhere else.</summary>
public sealed class RevealTests
{
    private static readonly Type[] s_callers =
        [.. TypeUses.All.Where(use => use.Used == typeof(SecretValue) && use.Member?.Name == nameof(SecretValue.Reveal)).Select(use => use.User).Distinct()];

    [Fact]
    public void Reveal_IsCalled_OnlyByAdaptersAndSecrets() =>
        s_callers.Where(caller => !MayReveal(caller)).Select(caller => caller.FullName).ShouldBeEmpty();

    [Theory]
    [InlineData("KeyRotator.Secrets.Fingerprinter")]
    [InlineData("KeyRotator.Providers.ProbeRequest")]
    [InlineData("KeyRotator.Stores.JsonFields")]
    [InlineData("KeyRotator.Alerts.WebhookChannel")]
    public void Reveal_KnownCall_IsSeenByThisTest(string caller) => s_callers.ShouldContain(type => type.FullName == caller);

    [Fact]
    public void SecretValue_HasNoOtherWayOut() =>
        typeof(SecretValue).GetMembers(
            System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.DeclaredOnly)
            .Select(member => member.Name).ShouldBe(
                [".ctor", "get_Length", nameof(SecretValue.Length), nameof(SecretValue.Reveal), nameof(ToString)], ignoreOrder: true);

    private static bool MayReveal(Type caller) => caller.Namespace switch
    {
        "KeyRotator.Secrets" or "KeyRotator.Providers" => true,
        "KeyRotator.Stores" or "KeyRotator.Stores.Auth" => true,
        "KeyRotator.State.Postgres" => caller.Name == "PostgresSource",
        "KeyRotator.Alerts" => caller.Name.EndsWith("Channel", StringComparison.Ordinal),
        _ => false,
    };
}
