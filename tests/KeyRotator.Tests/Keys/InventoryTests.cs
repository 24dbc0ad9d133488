using FsCheck;
using FsCheck.Fluent;
using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Keys;

/// <summary>What holds for every file beside every discovery.</summary>
public sealed class InventoryTests
{
    private static readonly Gen<SecretLocation> s_places =
        from store in Gen.Elements("aws", "vault")
        from name in Gen.Elements("a", "a/b", "a/b/c", "ü", "a+b", "a-b")
        from field in Gen.Elements(null, "b", "c", "x y")
        select new SecretLocation { Store = store, Name = name, Field = field };

    private static readonly Gen<ManagedKey> s_declared =
        from id in Gen.Elements("aws/a", "aws/a/b", "vault/a/b/c", "mine", "yours")
        from places in s_places.NonEmptyListOf()
        select A.Key(id) with { Locations = [.. places] };

    private static readonly Arbitrary<(ManagedKey[] Declared, DiscoveredKey[] Discovered)> s_both =
        (from declared in s_declared.ArrayOf()
         from places in s_places.ArrayOf()
         select (declared.DistinctBy(key => key.Id).Take(3).ToArray(), Discovered(places))).ToArbitrary();

    [Fact]
    public void Take_Anything_LosesNoKeyAndDoublesNone() =>
        Prop.ForAll(s_both, both =>
        {
            var inventory = Taken(both);
            var found = inventory.Keys.Where(key => key.IsDiscovered).ToList();
            var wanted = both.Discovered.Select(key => key.Location).Where(place => !inventory.Declares(place)).ToHashSet();
            return inventory.Keys.Select(key => key.Id).Distinct().Count() == inventory.Keys.Count
                && inventory.Keys.All(key => inventory.Find(key.Id) == key)
                && found.Select(key => key.Primary).ToHashSet().SetEquals(wanted) && found.Count == wanted.Count
                && inventory.Keys.Take(both.Declared.Length).SequenceEqual(both.Declared);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Take_Anything_LeavesDeclaredPlacesToTheFile() =>
        Prop.ForAll(s_both, both =>
        {
            var declared = both.Declared.SelectMany(key => key.Locations).ToHashSet();
            return !Taken(both).Keys.Any(key => key.IsDiscovered && declared.Contains(key.Primary));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Take_Again_PutsTheNewInPlaceOfTheOld()
    {
        var inventory = new Inventory([A.Key("mine")]);
        inventory.Take(Discovered([At("a"), At("b")]), _ => KeyPolicy.Default);

        inventory.Take(Discovered([At("b"), At("c")]), _ => KeyPolicy.Default);

        inventory.Keys.Select(key => key.Id.Value).ShouldBe(["mine", "aws/b", "aws/c"]);
        inventory.Find(KeyId.Parse("aws/a")).ShouldBeNull();
    }

    [Theory]
    [InlineData("prod/llm", null, "aws/prod/llm")]
    [InlineData("/prod//llm", "KEY", "aws//prod//llm/KEY")]
    [InlineData("prod/llm+x", null, "aws/prod/llm-x-0d96047afe9c")]
    [InlineData("prod/llm@x", null, "aws/prod/llm-x-ff370e364c7e")]
    [InlineData("a\u001b[31m", null, "aws/a--31m-51d507fccd9f")]
    public void Of_Place_IsLegibleAndItsOwn(string name, string? field, string id) =>
        DiscoveredKeyId.Of(At(name, field)).Value.ShouldBe(id);

    [Fact]
    public void Of_LongPlaces_AreCutAndStillTheirOwn()
    {
        var (one, other) = (new string('n', 500) + "1", new string('n', 500) + "2");

        var ids = new[] { DiscoveredKeyId.Of(At(one)), DiscoveredKeyId.Of(At(other)), DiscoveredKeyId.Of(At(one)) };

        ids[0].ShouldNotBe(ids[1]);
        ids[0].ShouldBe(ids[2]);
        ids.ShouldAllBe(id => id.Value.Length == KeyId.MaxLength);
    }

    private static Inventory Taken((ManagedKey[] Declared, DiscoveredKey[] Discovered) both)
    {
        var inventory = new Inventory(both.Declared);
        inventory.Take(both.Discovered, _ => KeyPolicy.Default);
        return inventory;
    }

    // As the database has them: each place once, each id once.
    private static DiscoveredKey[] Discovered(IEnumerable<SecretLocation> places) =>
    [
        .. places.Distinct()
            .Select(place => new DiscoveredKey { Id = DiscoveredKeyId.Of(place), Location = place, Provider = "mistral" })
            .GroupBy(key => key.Id)
            .SelectMany(same => same.Take(1).Concat(same.Skip(1).Select(key => key with { Id = DiscoveredKeyId.Distinct(key.Location) }))),
    ];

    private static SecretLocation At(string name, string? field = null) => new() { Store = "aws", Name = name, Field = field };
}
