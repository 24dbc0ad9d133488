using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

/// <summary>What an operator is told to type.</summary>
public sealed class RotationAdviceTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_ForeignValue_NamesBothWays() =>
        Last(Stuck("Somebody else changed it.", new ForeignSighting(null, "7", null, null)))
            .ShouldBe("Then: keyrotator rotations resume 5 --adopt, or keyrotator rotations resume 5 --overwrite");

    [Fact]
    public void Of_ValueLost_AsksForItAgain() =>
        Last(Stuck(RotationPlan.ValueNeeded, null)).ShouldBe("Then: keyrotator rotations resume 5 --value");

    [Fact]
    public void Of_AnotherNeed_IsToResume() => Last(Stuck("Look.", null)).ShouldBe("Then: keyrotator rotations resume 5");

    [Theory]
    [InlineData(-9, "It goes on now,")]
    [InlineData(0, "It goes on now,")]
    [InlineData(9, "It goes on in 9s,")]
    public void Of_RotationUnderWay_SaysWhenItGoesOn(int seconds, string start) =>
        Last(Stuck(null, null) with { NextAt = s_now.AddSeconds(seconds) }).ShouldStartWith(start);

    private static string Last(KeyRotation rotation) => RotationAdvice.Of(rotation, null, s_now)[^1];

    private static KeyRotation Stuck(string? needs, ForeignSighting? foreign) => new()
    {
        Id = 5,
        Uid = Guid.Empty,
        KeyId = KeyId.Parse("k"),
        Actor = "ops@test",
        SubmittedAt = s_now,
        NewFingerprint = Fingerprint.Parse(new string('b', 64)),
        Grace = TimeSpan.Zero,
        Phase = RotationPhase.Installing,
        Needs = needs,
        Locations = [new() { Ordinal = 0, Location = new SecretLocation { Store = "local", Name = "k" }, Foreign = foreign }],
    };
}
