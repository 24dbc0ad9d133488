using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

/// <summary>Who may list a store when, and what is kept of it.</summary>
public abstract class DiscoveryTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData(0, "q", null, "one runs")]
    [InlineData(5, "q", 2, "it died: nothing was heard of it for the lease")]
    [InlineData(0, "another", 2, "something else is looked for")]
    [InlineData(-20, "q", 2, "the clock was set back")]
    public async Task Claim_SecondTime_IsGivenOnlyWhereItMay(int minutes, string query, int? listing, string why)
    {
        (await ClaimAsync(Now, "q")).ShouldBe(1);

        (await ClaimAsync(Now.AddMinutes(minutes), query)).ShouldBe(listing, why);
    }

    [Fact]
    public async Task Claim_TwoAtOnce_IsGivenToOne()
    {
        await using var other = await OpenAsync();

        var claims = await Task.WhenAll(ClaimAsync(Now, "q"), WriteAsync(other, transaction => ClaimAsync(transaction, Now, "q")));

        claims.Count(claim => claim is not null).ShouldBe(1);
    }

    [Fact]
    public async Task Continue_LaterListingBegan_IsRefused()
    {
        await ClaimAsync(Now, "q");
        (await ContinueAsync(1, Now + s_lease)).ShouldBeTrue();
        await ClaimAsync(Now + s_lease, "q");

        (await ContinueAsync(1, Now.AddHours(1))).ShouldBeFalse();
        (await ContinueAsync(2, Now.AddHours(1))).ShouldBeTrue();
    }

    [Fact]
    public async Task Revision_AnyStoreRevised_IsAnother()
    {
        await ClaimAsync(Now, "q");
        var before = await ReadAsync(transaction => DiscoveryTable.RevisionAsync(transaction, ["s", "t"], Cancel));

        await WriteAsync(transaction => DiscoveryTable.ReviseAsync(transaction, "s", Cancel));

        (await ReadAsync(transaction => DiscoveryTable.RevisionAsync(transaction, ["s", "t"], Cancel))).ShouldNotBe(before);
        (await ReadAsync(transaction => DiscoveryTable.RevisionAsync(transaction, ["t"], Cancel))).ShouldBe("");
    }

    [Fact]
    public async Task Save_AllMembers_ComeBack()
    {
        var key = new DiscoveredKey
        {
            Id = Id("s/a/F"),
            Location = new() { Store = "s", Name = "a", Field = "F" },
            Provider = "mistral",
            IsTagged = false,
            Environment = "prod",
            Owner = "team",
            Expires = new(new DateOnly(2027, 1, 31), "3f2a9c01b7de"),
            GoneSince = Now,
        };

        await WriteAsync(transaction => DiscoveredKeyTable.SaveAsync(transaction, key, 1, Cancel));

        (await KnownAsync()).ShouldBe([key]);
        var plain = key with { Location = key.Location with { Field = null }, Expires = null, GoneSince = null, Id = Id("s/a") };
        await WriteAsync(transaction => DiscoveredKeyTable.SaveAsync(transaction, plain, 1, Cancel));
        (await KnownAsync()).ShouldBe([plain, key]);
    }

    [Fact]
    public async Task Save_KnownPlace_KeepsItsId()
    {
        var key = new DiscoveredKey { Id = Id("s/a"), Location = new() { Store = "s", Name = "a" }, Provider = "mistral" };
        await WriteAsync(transaction => DiscoveredKeyTable.SaveAsync(transaction, key, 1, Cancel));

        await WriteAsync(transaction => DiscoveredKeyTable.SaveAsync(transaction, key with { Id = Id("x"), Owner = "o" }, 2, Cancel));

        (await KnownAsync()).ShouldBe([key with { Owner = "o" }]);
    }

    private Task<long?> ClaimAsync(DateTimeOffset now, string query) => WriteAsync(transaction => ClaimAsync(transaction, now, query));

    private static Task<long?> ClaimAsync(StateTransaction transaction, DateTimeOffset now, string query) =>
        DiscoveryTable.ClaimAsync(transaction, "s", query, now, s_lease, s_every, Cancel);

    private Task<bool> ContinueAsync(long listing, DateTimeOffset nextAt) =>
        WriteAsync(transaction => DiscoveryTable.ContinueAsync(transaction, "s", listing, nextAt, Cancel));

    private Task<IReadOnlyList<DiscoveredKey>> KnownAsync() =>
        ReadAsync(transaction => DiscoveredKeyTable.OfStoresAsync(transaction, ["s"], Cancel));
}

public sealed class SqliteFileDiscoveryTableTests : DiscoveryTableTests<SqliteFileEngine>;

public sealed class PostgresDiscoveryTableTests : DiscoveryTableTests<PostgresTestEngine>;
