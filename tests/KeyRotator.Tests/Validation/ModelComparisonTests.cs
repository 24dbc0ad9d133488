using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Validation;

public sealed class ModelComparisonTests
{
    private static readonly ModelList s_list = new(
        [
            new("small-2603", ["small", "small-latest"]),
            new("old-2401", [], IsDeprecated: true, ShutdownAt: Seen.Start, Replacement: "small-2603"),
            new("dated-2402", [], ShutdownAt: Seen.Start),
            new("models/flash-2", []),
        ],
        IsWhole: true);

    [Theory]
    [InlineData("small-2603", "", "there, by its own id")]
    [InlineData("small", "floating", "there, by an alias")]
    [InlineData("small-latest", "floating", "an alias that says so")]
    [InlineData("old-2401", "deprecated", "by the vendor's field")]
    [InlineData("dated-2402", "deprecated", "by a shutdown date alone")]
    [InlineData("flash-2", "", "vendors list some under a path")]
    [InlineData("models/flash-2", "", "as it is listed")]
    [InlineData("lash-2", "missing", "the end of a name is no name")]
    [InlineData("gone", "missing", "not there")]
    [InlineData("SMALL-2603", "missing", "names are compared as they stand")]
    public void Compare_DeclaredModel_Is(string model, string expected, string why)
    {
        var facts = ModelComparison.Compare([model], s_list, "d");

        Words(facts).ShouldBe(expected, why);
    }

    [Fact]
    public void Compare_CutList_ProvesNothingMissing() =>
        Words(ModelComparison.Compare(["gone"], s_list with { IsWhole = false }, null)).ShouldBe("");

    [Fact]
    public void Compare_Deprecated_SaysWhenAndWhatInstead() =>
        ModelComparison.Compare(["old-2401"], s_list, "d").Deprecated.ShouldBe(
            [new ModelDeprecation("old-2401", Seen.Start, "small-2603")]);

    [Fact]
    public void Compare_NothingDeclared_KeepsTheDigestOnly()
    {
        ModelComparison.Compare([], s_list, "d").ListDigest.ShouldBe("d");
        ModelComparison.Compare([], s_list, null).ShouldBeSameAs(ModelFacts.None);
    }

    [Fact]
    public void Of_SameModelsInAnyOrder_IsOneDigestHandedOutOnce()
    {
        var digests = new ModelDigests();

        var digest = digests.Of(s_list);

        digest.ShouldBe(digests.Of(s_list with { Models = [.. s_list.Models.Reverse()] }));
        digests.TakeUnsaved().Keys.ShouldBe([digest!]);
        digests.TakeUnsaved().ShouldBeEmpty();
    }

    [Fact]
    public void Of_CutList_IsNone() => new ModelDigests().Of(s_list with { IsWhole = false }).ShouldBeNull();

    private static string Words(ModelFacts facts) =>
        string.Join(' ', ((string[])[.. facts.Missing.Select(_ => "missing"), .. facts.Deprecated.Select(_ => "deprecated"), .. facts.Floating.Select(_ => "floating")]));
}
