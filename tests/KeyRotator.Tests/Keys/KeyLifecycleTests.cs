using KeyRotator.Keys;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Keys;

public sealed class KeyLifecycleTests
{
    [Theory]
    [InlineData(KeyState.PreActivation, "Active Compromised Destroyed")]
    [InlineData(KeyState.Active, "Suspended Deactivated Compromised")]
    [InlineData(KeyState.Suspended, "Active Deactivated Compromised")]
    [InlineData(KeyState.Deactivated, "Compromised Destroyed")]
    [InlineData(KeyState.Compromised, "Destroyed")]
    [InlineData(KeyState.Destroyed, "")]
    public void Allows_EachState_MovesOnlyThere(KeyState from, string expected) =>
        string.Join(' ', Enum.GetValues<KeyState>().Where(to => KeyLifecycle.Allows(from, to))).ShouldBe(expected);

    [Theory]
    [InlineData("a", true)]
    [InlineData("team/mistral.prod_1-b", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("ключ", false)]
    public void TryParse_Id_HasItsShape(string text, bool isId) => KeyId.TryParse(text, out _).ShouldBe(isId);

    [Fact]
    public void TryParse_Length_IsBounded()
    {
        KeyId.TryParse(new string('a', KeyId.MaxLength), out _).ShouldBeTrue();
        KeyId.TryParse(new string('a', KeyId.MaxLength + 1), out _).ShouldBeFalse();
    }

    [Fact]
    public void Inventory_IdTwice_IsRefused() =>
        Should.Throw<ArgumentException>(() => new Inventory([Support.A.Key("k"), Support.A.Key("k")])).Message.ShouldContain("k");
}
