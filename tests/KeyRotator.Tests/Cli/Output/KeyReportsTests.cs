using KeyRotator.Cli.Output;
using KeyRotator.Keys;
using KeyRotator.Secrets;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Cli.Output;

public sealed class KeyReportsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly ManagedKey s_key = A.Key() with { Expires = new ExpiryStatement(new DateOnly(2027, 1, 31), null) };

    [Fact]
    public void Build_NeverChecked_ShowsWhatIsDeclaredAndClaimsNothing()
    {
        var report = KeyReports.Build(s_key, null, []);

        report.Verdict.ShouldBe(Verdict.Inconclusive);
        report.Reason.ShouldBe(VerdictReason.NotProbed);
        report.State.ShouldBeNull();
        report.ExpiresAt.ShouldBe(new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero));
        report.ExpirySource.ShouldBe(ExpirySource.Declared);
        report.Locations.ShouldHaveSingleItem().Fingerprint.ShouldBeNull();
    }

    [Fact]
    public void Build_CheckedButNothingThere_KeepsTheDeclaredExpiry() =>
        KeyReports.Build(s_key, Status() with { Version = 0, IsMissing = true }, []).ExpirySource.ShouldBe(ExpirySource.Declared);

    [Fact]
    public void Build_StatementAboutAnotherVersion_IsNoExpiryOfThisOne()
    {
        var key = s_key with { Expires = s_key.Expires! with { FingerprintPrefix = "3f2a9c01b7de" } };

        KeyReports.Build(key, null, []).ExpiresAt.ShouldBeNull();
    }

    [Theory]
    [InlineData(100, 10, 80, "age is earlier: 90 days from ten days ago")]
    [InlineData(30, 10, 16, "expiry is earlier: 14 days before it")]
    [InlineData(null, 10, 80, "no expiry: age alone")]
    [InlineData(30, null, 16, "never seen: expiry alone")]
    [InlineData(null, null, null, "nothing is known")]
    public void Build_ExpiryAndAge_RotationIsDueAtTheEarlier(int? expiresIn, int? seenAgo, int? expected, string reason)
    {
        var status = Status() with { ExpiresAt = In(expiresIn), FirstSeenAt = In(-seenAgo) };

        KeyReports.Build(s_key, status, []).RotationDueAt.ShouldBe(In(expected), reason);
    }

    [Fact]
    public void Build_HeldByTheFile_IsSuspendedWhateverWasObserved() =>
        KeyReports.Build(s_key with { Suspended = true }, Status(), []).State.ShouldBe(KeyState.Suspended);

    [Fact]
    public void Build_LocationGoneFromTheFile_IsLeftOut()
    {
        var gone = new LocationStatus { Location = new SecretLocation { Store = "old", Name = "x" } };
        var seen = new LocationStatus { Location = s_key.Primary with { Follows = TimeSpan.FromMinutes(1) }, Version = "7" };

        KeyReports.Build(s_key, Status() with { Locations = [gone, seen] }, []).Locations.ShouldHaveSingleItem().Version.ShouldBe("7");
    }

    [Fact]
    public void Build_Fingerprint_IsShownInTwelveDigits()
    {
        var hex = new string('a', 64);

        KeyReports.Build(s_key, Status() with { Fingerprint = Fingerprint.Parse(hex) }, []).Fingerprint.ShouldBe(hex[..12]);
    }

    private static DateTimeOffset? In(int? days) => days is null ? null : s_now.AddDays(days.Value);

    private static KeyStatus Status() => new() { KeyId = s_key.Id, Provider = s_key.Provider, Version = 1 };
}
