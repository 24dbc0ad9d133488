using KeyRotator.Keys;
using KeyRotator.Tests.Support;
using KeyRotator.Validation;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Expiry;

public sealed class ExpiryPolicyTests
{
    private static readonly DateOnly s_january = new(2027, 1, 31);
    private static readonly DateOnly s_march = new(2027, 3, 31);

    [Fact]
    public void Read_PlainDate_MeansTheEndOfThatDay()
    {
        var status = Status(Plain(s_january, 0));

        status.ExpiresAt.ShouldBe(new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero));
        status.ExpirySource.ShouldBe(ExpirySource.Declared);
    }

    [Fact]
    public void Read_LaterDateForTheSameValue_WaitsForTheNext()
    {
        var status = Status(Plain(s_january, 0), Plain(s_march, 1));

        status.ExpiresAt.ShouldBe(End(s_january));
        status.WaitingExpiry.ShouldBe(End(s_march));
    }

    [Fact]
    public void Read_EarlierDateForTheSameValue_RulesAtOnce()
    {
        var status = Status(Plain(s_march, 0), Plain(s_january, 1));

        status.ExpiresAt.ShouldBe(End(s_january));
        status.WaitingExpiry.ShouldBeNull();
    }

    [Fact]
    public void Read_WaitingDate_BindsTheNextValue()
    {
        var status = Status(Plain(s_january, 0), Plain(s_march, 1), Plain(s_march, 2, "two"));

        status.ExpiresAt.ShouldBe(End(s_march));
        status.WaitingExpiry.ShouldBeNull();
    }

    [Fact]
    public void Read_UneditedDateAndANewValue_SaysNothingOfTheNewValue()
    {
        var status = Status(Plain(s_january, 0), Plain(s_january, 1, "two"));

        status.ExpiresAt.ShouldBeNull();
        status.ExpirySource.ShouldBe(ExpirySource.Unknown);
    }

    [Fact]
    public void Read_DateAndValueChangedTogether_BindsTheNewValue() =>
        Status(Plain(s_january, 0), Plain(s_march, 1, "two")).ExpiresAt.ShouldBe(End(s_march));

    [Fact]
    public void Read_RemovedDate_HidesNoDeath() =>
        Status(Plain(s_january, 0), Seen.Accepted(A.Key(), Seen.Start.AddHours(1))).ExpiresAt.ShouldBe(End(s_january));

    [Fact]
    public void Read_StatementForThisFingerprint_OutranksThePlainDate()
    {
        var stated = A.Key() with { Expires = new ExpiryStatement(s_march, Seen.FingerprintOf("one").Short) };

        var status = Status(Plain(s_january, 0), Seen.Accepted(stated, Seen.Start.AddHours(1)));

        status.ExpiresAt.ShouldBe(End(s_march));
        status.ExpirySource.ShouldBe(ExpirySource.Stated);
    }

    [Fact]
    public void Read_StatementForAnotherFingerprint_SaysNothing()
    {
        var stated = A.Key() with { Expires = new ExpiryStatement(s_march, Seen.FingerprintOf("two").Short) };

        Status(Seen.Accepted(stated, Seen.Start)).ExpiresAt.ShouldBeNull();
    }

    [Fact]
    public void Read_ProvidersWord_OutranksAllAndStays()
    {
        var word = Plain(s_january, 0) with { ExpiresAt = Seen.Start.AddDays(5) };

        var status = Status(word, Plain(s_january, 1));

        status.ExpiresAt.ShouldBe(Seen.Start.AddDays(5));
        status.ExpirySource.ShouldBe(ExpirySource.Introspected);
    }

    private static Observation Plain(DateOnly date, int hours, string value = "one") =>
        Seen.Accepted(A.Key() with { Expires = new ExpiryStatement(date, null) }, Seen.Start.AddHours(hours), value);

    private static DateTimeOffset End(DateOnly date) => new ExpiryStatement(date, null).ExpiresAt;

    private static KeyStatus Status(params Observation[] observations) => Seen.Assess(observations).Status;
}
