using KeyRotator.Providers;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>The half about what is sent: probe, key formats, profile.</summary>
public abstract partial class KeyProviderContract
{
    [Fact]
    public async Task CreateProbe_Key_TravelsOnlyWhereTheVendorTakesIt()
    {
        var canary = new Canary();
        using var request = Provider.CreateProbe(canary.Value, Instance);

        canary.ShouldBeAbsentFrom(request.RequestUri!.AbsoluteUri);
        var carriers = request.Headers.Where(header => header.Value.Any(value => value.Contains(canary.Text, StringComparison.Ordinal)));
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        carriers.Select(header => header.Key).ShouldBe(KeyHeader is null ? [] : [KeyHeader], StringComparer.OrdinalIgnoreCase);
        body.Contains(canary.Text, StringComparison.Ordinal).ShouldBe(KeyHeader is null);
        request.Method.ShouldBe(KeyHeader is null ? HttpMethod.Post : HttpMethod.Get);
    }

    [Fact]
    public void CreateProbe_PlainInstance_AsksTheDocumentedAddress()
    {
        using var request = Provider.CreateProbe(MadeUpKey(), Instance);

        request.RequestUri!.AbsoluteUri.ShouldBe(ProbeUrl);
        request.RequestUri.Scheme.ShouldBe("https");
        PublicLists.ShouldNotContain(request.RequestUri.GetLeftPart(UriPartial.Path));
    }

    [Theory]
    [InlineData("https://gateway.example/base")]
    [InlineData("https://gateway.example/base/")]
    public void CreateProbe_BaseUrlOfItsOwn_StaysBelowIt(string baseUrl)
    {
        using var request = Provider.CreateProbe(MadeUpKey(), Instance with { BaseUrl = new Uri(baseUrl) });

        request.RequestUri!.AbsoluteUri.ShouldStartWith("https://gateway.example/base/");
        request.RequestUri.AbsolutePath.ShouldNotContain("//");
    }

    [Fact]
    public void CreateProbe_HeadersOfTheInstance_AreSentAndNeverReplaceTheKey()
    {
        var headers = new Dictionary<string, string> { ["X-Team"] = "search", [KeyHeader ?? "X-Other"] = "not-the-key" };
        using var request = Provider.CreateProbe(MadeUpKey(), Instance with { Headers = headers });

        request.Headers.GetValues("X-Team").ShouldBe(["search"]);
        (KeyHeader is null ? "" : string.Join(",", request.Headers.GetValues(KeyHeader))).ShouldNotContain("not-the-key");
    }

    [Fact]
    public void Formats_Examples_MatchTheirOwnFormatAndDiffer()
    {
        foreach (var format in Provider.Profile.Formats)
        {
            var random = new Random(7);
            var example = format.Example(random);

            format.Pattern.IsMatch(example).ShouldBeTrue(format.Name);
            KeyProviders.FormatOf(Provider, new SecretValue(example)).ShouldBe(format.Name);
            format.Example(random).ShouldNotBe(example);
            format.Example(new Random(7)).ShouldBe(example, "the same random numbers give the same key");
            SecretInspection.Inspect(new SecretValue(example)).ShouldBe(SecretDefect.None);
        }
    }

    [Fact]
    public void Formats_Patterns_AreAnchoredAtBothEnds()
    {
        foreach (var format in Provider.Profile.Formats)
        {
            var example = format.Example(new Random(7));

            string[] wrapped = [example + "\n", " " + example, example + "\"", "\n" + example];
            wrapped.ShouldAllBe(text => !format.Pattern.IsMatch(text), format.Name);
        }
    }

    [Fact]
    public void Formats_Examples_MatchNoOtherProvidersDistinctiveFormat()
    {
        foreach (var format in Provider.Profile.Formats)
        {
            var match = KeyProviders.ForFormat(new SecretValue(format.Example(new Random(7))));

            (match?.Provider.Kind ?? Provider.Kind).ShouldBe(Provider.Kind, format.Name);
            (match is not null).ShouldBe(format.IsDistinctive, format.Name);
        }
    }

    [Fact]
    public void Profile_Always_TellsWhatProvidersShowPrints()
    {
        var profile = Provider.Profile;

        Provider.Kind.ShouldBe(Provider.Kind.ToLowerInvariant());
        new[] { profile.Title, profile.Probe }.ShouldAllBe(text => text.Length > 0);
        new[] { profile.CreateKeyUrl, profile.RevokeKeyUrl }.ShouldAllBe(url => url == null || new Uri(url).Scheme == "https");
        profile.DeadAnswers.ShouldNotBeEmpty();
        profile.Sources.ShouldAllBe(source => source.Contains("202", StringComparison.Ordinal));
        profile.Sources.ShouldNotBeEmpty();
    }

    /// <summary>A key that never existed, of the named format or the first.</summary>
    protected SecretValue MadeUpKey(string? format = null) => A.MadeUpKey(Provider, format);
}
