using KeyRotator.Configuration;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class PostgresTextTests
{
    [Theory]
    [InlineData("postgres://kr:p@db.example/keys", "postgres://kr@db.example:5432/keys", "p", "a URL")]
    [InlineData("postgresql://kr:p@db.example:6000/keys", "postgres://kr@db.example:6000/keys", "p", "the other scheme, a port")]
    [InlineData("POSTGRES://kr@db/keys", "postgres://kr@db:5432/keys", null, "no password")]
    [InlineData("postgres://k%40r:p%2Fw%3A%40%25@db/keys", "postgres://k@r@db:5432/keys", "p/w:@%", "percent-encoded")]
    [InlineData("postgres://kr:a:b@db/keys", "postgres://kr@db:5432/keys", "a:b", "a colon in the password")]
    [InlineData("postgres://kr:p@[::1]:6000/keys", "postgres://kr@[::1]:6000/keys", "p", "IPv6")]
    [InlineData("postgres://kr:p@a,b:6000/keys", "postgres://kr@a:5432,b:6000/keys", "p", "several hosts")]
    [InlineData("postgres://kr:p@/keys?host=/run/postgresql", "postgres://kr@/run/postgresql:5432/keys", "p", "a socket")]
    [InlineData("postgres://kr:p@db/keys?schema=own", "postgres://kr@db:5432/keys?schema=own", "p", "a schema")]
    [InlineData("Host=db;Database=keys;Username=kr;Password=p", "postgres://kr@db:5432/keys", "p", "pairs")]
    [InlineData("host=a,b;port=6000,6001;dbname=keys;user=kr;password='p;=w'", "postgres://kr@a:6000,b:6001/keys", "p;=w", "libpq's names")]
    [InlineData("Server=db;Port=6000;Database=keys;User Id=kr;Search Path=own", "postgres://kr@db:6000/keys?schema=own", null, "synonyms")]
    public void Read_Written_IsThatAddress(string text, string shown, string? password, string why)
    {
        PostgresText.IsMeant(text).ShouldBeTrue(why);
        var address = PostgresText.Read(text).Value.ShouldNotBeNull(why);

        address.ToString().ShouldBe(shown, why);
        (address.Password?.Reveal()).ShouldBe(password, why);
    }

    [Theory]
    [InlineData("sslmode=verify-full", PostgresTls.VerifyFull)]
    [InlineData("sslmode=VerifyCA", PostgresTls.VerifyCa)]
    [InlineData("sslmode=require", PostgresTls.Require)]
    [InlineData("sslmode=prefer", PostgresTls.Prefer)]
    [InlineData("sslmode=disable", PostgresTls.Disable)]
    [InlineData("", null)]
    public void Read_Protection_IsThat(string query, PostgresTls? tls) =>
        PostgresText.Read($"postgres://kr:p@db/keys?{query}").Value.ShouldNotBeNull().Tls.ShouldBe(tls);

    [Fact]
    public void Read_Files_AreThose()
    {
        var address = PostgresText.Read("postgres://kr@db/keys?sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem").Value.ShouldNotBeNull();

        (address.RootCertificate, address.ClientCertificate, address.ClientKey).ShouldBe(("/ca.pem", "/c.pem", "/k.pem"));
    }

    [Theory]
    [InlineData("postgres://u:canary@h", "it does not say database")]
    [InlineData("postgres://h/d", "it does not say user")]
    [InlineData("postgres://u:canary@/d", "it does not say host")]
    [InlineData("postgres://u:can/ary@h/d", "user and password must be percent-encoded")]
    [InlineData("postgres://u:can@ary@h/d", "user and password must be percent-encoded")]
    [InlineData("postgres://u:canary@h/d?pooling=true", "it has an option that is not known here")]
    [InlineData("postgres://u:canary@h/d?sslmode=maybe", "sslmode is disable")]
    [InlineData("postgres://u:canary@h/d?password=other", "password is said twice")]
    [InlineData("postgres://u:canary@h:0/d", "a port is a number from 1 to 65535")]
    [InlineData("postgres://u:canary@h:x/d", "a port is a number from 1 to 65535")]
    [InlineData("postgres://u:canary@::1/d", "an IPv6 address stands in [ ]")]
    [InlineData("Host=h;canary", "it is no list of Name=Value")]
    [InlineData("Host=h;Password=canary", "it does not say database and user")]
    public void Read_BadlyWritten_SaysWhatIsWrongAndQuotesNothing(string text, string complaint)
    {
        var read = PostgresText.Read(text).Complaint.ShouldNotBeNull();

        read.Text.ShouldContain(complaint);
        read.Text.ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("sqlite:a=b.db")]
    [InlineData("keyrotator.db")]
    public void IsMeant_Others_AreNot(string text) => PostgresText.IsMeant(text).ShouldBeFalse();
}
