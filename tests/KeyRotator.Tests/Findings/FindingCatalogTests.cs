using KeyRotator.Findings;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Findings;

public sealed class FindingCatalogTests
{
    public static TheoryData<FindingReason> Reasons => [.. FindingCatalog.Reasons];

    [Fact]
    public void Reasons_All_AreInTheTable() =>
        FindingCatalog.Reasons.ShouldBe(Enum.GetValues<FindingReason>().Except([FindingReason.None]), ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Sentence_EachReason_IsOneSentenceOfItsOwn(FindingReason reason)
    {
        FindingCatalog.Sentence(reason).ShouldEndWith(".");
        FindingCatalog.Reasons.Count(other => FindingCatalog.Sentence(other) == FindingCatalog.Sentence(reason)).ShouldBe(1);
        Enum.IsDefined(FindingCatalog.DefaultSeverity(reason)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(
        Severity.Critical,
        "KeyRejected KeyExpired AccountBlocked SecretMissing SecretMalformed QuotaExhausted RotationStalled AlertDeliveryFailing "
            + "AuditBroken")]
    [InlineData(Severity.Info, "ExpiryUnknown ModelFloating ForeignChange")]
    public void DefaultSeverity_Table_IsTheDocumented(Severity severity, string reasons) =>
        FindingCatalog.Reasons.Where(reason => FindingCatalog.DefaultSeverity(reason) == severity).Select(reason => reason.ToString())
            .ShouldBe(reasons.Split(' '), ignoreOrder: true);
}
