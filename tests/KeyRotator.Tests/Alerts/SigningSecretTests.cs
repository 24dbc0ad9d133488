using KeyRotator.Alerts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Alerts;

public sealed class SigningSecretTests
{
    [Theory]
    [InlineData(24)]
    [InlineData(64)]
    public void Validate_LengthWithinBounds_IsFit(int bytes) =>
        SigningSecret.Validate("whsec_" + Convert.ToBase64String(new byte[bytes])).ShouldBeNull();

    [Theory]
    [InlineData("", "at least 24", "empty")]
    [InlineData("whsec_", "at least 24", "empty behind the prefix")]
    [InlineData("whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhc=", "at least 24", "23 bytes")]
    [InlineData("not base64 at all!", "is base64", "prose")]
    [InlineData("whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY", "is base64", "the private key of the other signature")]
    public void Validate_Unfit_SaysWhy(string text, string fault, string why) =>
        SigningSecret.Validate(text).ShouldNotBeNull(why).ShouldContain(fault);

    [Fact]
    public void Validate_TooLong_SaysWhy() =>
        SigningSecret.Validate(Convert.ToBase64String(new byte[65])).ShouldNotBeNull().ShouldContain("at most 64");

    [Fact]
    public void Decode_Unfit_ThrowsWithoutTheText()
    {
        var canary = new Canary();

        canary.ShouldBeAbsentFrom(Should.Throw<FormatException>(() => SigningSecret.Decode(canary.Text + "!")).ToString());
    }
}
