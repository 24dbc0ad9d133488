using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>What is Secret Manager's own when a secret is removed.</summary>
public sealed class GcpRemovalTests : IAsyncDisposable
{
    private readonly GcpFake _fake = Gcp.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha { get; } = new() { Store = "mine", Name = "alpha" };

    public ValueTask DisposeAsync() => _fake.DisposeAsync();

    [Fact]
    public async Task Remove_TagGoneStale_LooksAnew()
    {
        var isChanged = false;
        _fake.Before = request =>
        {
            if (request.Method == "DELETE" && !isChanged)
            {
                (isChanged, _fake.Secrets["alpha"].Etag) = (true, 7);
                _fake.AddForeign("alpha", "theirs");
            }
        };

        await Should.ThrowAsync<SecretConflictException>(RemoveAsync);

        isChanged.ShouldBeTrue();
        _fake.Secrets["alpha"].Versions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Remove_DisabledVersion_IsRefused()
    {
        _fake.Secrets["alpha"].Versions[0].State = "DISABLED";

        (await Should.ThrowAsync<SecretConflictException>(RemoveAsync)).Advice
            .ShouldBe("its version 1 is disabled, so it cannot be looked at.");
    }

    [Fact]
    public async Task Remove_DestroyedVersion_HoldsNothing()
    {
        _fake.Secrets["alpha"].Versions[0].State = "DESTROYED";
        _fake.AddForeign("alpha", "one");

        await RemoveAsync();

        _fake.Secrets.ShouldBeEmpty();
    }

    [Fact]
    public async Task Remove_WhileAnotherProcessWrites_IsPutOff()
    {
        var until = _clock.GetUtcNow().AddMinutes(1).ToUnixTimeSeconds();
        _fake.Secrets["alpha"].Annotations["keyrotator.lease"] = $"{Guid.NewGuid():N} another {until} 1";

        (await Should.ThrowAsync<SecretStoreException>(RemoveAsync)).IsTransient.ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await RemoveAsync();

        _fake.Secrets.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, "somebody's, made for values to come")]
    [InlineData(true, "of a write that was killed before its first version")]
    public async Task Remove_NoVersionYet_IsDoneOnlyWhereAWriteMadeIt(bool isOurs, string reason)
    {
        var secret = _fake.Secrets["alpha"];
        secret.Versions.Clear();
        if (isOurs)
        {
            secret.Annotations["keyrotator.lease"] = $"{Guid.NewGuid():N} gone {_clock.GetUtcNow().AddMinutes(-1).ToUnixTimeSeconds()} 0";
            await RemoveAsync();
        }
        else
        {
            await Should.ThrowAsync<SecretConflictException>(RemoveAsync, reason);
        }

        _fake.Secrets.ContainsKey("alpha").ShouldBe(!isOurs, reason);
    }

    private async Task RemoveAsync()
    {
        if (_fake.Requests.Count == 0)
        {
            await _fake.StartAsync(Token);
        }

        await Gcp.Connect(_fake, _clock).RemoveAsync(Alpha, [new SecretValue("one")], Token);
    }
}
