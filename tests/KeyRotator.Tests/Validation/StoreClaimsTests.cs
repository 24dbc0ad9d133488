using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class StoreClaimsTests
{
    private static readonly SecretLocation s_location = new() { Store = "local", Name = "llm", Field = "KEY" };

    [Theory]
    [InlineData(0, 2, true, "No location could be read from store local. The last was local:llm#KEY. Permission denied.")]
    [InlineData(3, 1, true, "1 of 4 locations could not be read from store local. The last was local:llm#KEY. Permission denied.")]
    [InlineData(0, 2, false, "No location could be read from store local. Permission denied.")]
    public void Of_Failures_SaysHowManyWhereAndWhy(int answered, int failed, bool isKnown, string message)
    {
        var failure = new SecretStoreException("local", "read", isKnown ? s_location : null, isTransient: false, "permission denied.");

        StoreClaims.Of("local", new StoreCount(answered, failed, failure)).ShouldHaveSingleItem().Message.ShouldBe(message);
    }

    [Fact]
    public void Of_Denied_NamesTheMissingPermission()
    {
        var failure = new SecretStoreException(
            "local", "read", null, isTransient: false, "permission denied.")
        { MissingPermission = "read on llm" };

        StoreClaims.Of("local", new StoreCount(0, 1, failure)).Single().Message.ShouldEndWith("Permission denied. Missing: read on llm");
    }

    [Fact]
    public void Of_AllAnswered_ClaimsNothing() => StoreClaims.Of("local", new StoreCount(4, 0, null)).ShouldBeEmpty();
}
