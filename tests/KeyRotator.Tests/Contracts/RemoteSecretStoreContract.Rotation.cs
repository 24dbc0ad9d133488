using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Rotation;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>What a whole rotation asks of it.</summary>
public abstract partial class RemoteSecretStoreContract
{
    /// <summary>Requests from the hand-in until the new value is live, at one location that holds the whole secret: log-ins left out.</summary>
    private protected abstract StoreRequests RotationCalls { get; }

    [Fact]
    public async Task Rotate_OneSecret_TakesSoManyCalls()
    {
        var (store, fake) = await StartedAsync("alpha", RotationWorld.Old);
        var vendor = new FakeVendor();
        vendor.Accept(RotationWorld.Old);
        vendor.Accept(RotationWorld.New);
        await using var state = await StateDatabase.OpenAsync(null, _clock, Token);
        var key = A.Key("k", "gate", store.Name, "alpha");
        var desk = RotationWorld.DeskOf(state, _clock, vendor, [key], [store]);
        var (request, candidate) = (
            new RotationRequest { Key = key, Actor = "ops@test", WaivesProof = true }, new SecretValue(RotationWorld.New));

        var journal = await WithinAsync(fake, new RotationOffice(desk).OpenAsync(request, candidate, Token));
        var runner = new RotationRunner(desk, journal) { StopsWhenLive = true };
        await WithinAsync(fake, runner.CarryOnAsync(candidate, TimeSpan.FromMinutes(1), Token));

        journal.Rotation.Phase.ShouldBe(RotationPhase.Overlap, journal.Rotation.Needs);
        ValueIn(fake, "alpha").ShouldBe(RotationWorld.New);
        ((IMeteredStore)store).Meter.Total.ShouldBe(RotationCalls);
    }
}
