using KeyRotator.Configuration;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class RemoteStoreViewTests
{
    [Fact]
    public void Describe_Aws_ShowsWhatWasGiven()
    {
        var options = new AwsStoreOptions
        {
            Address = new("http://aws.internal:4566"),
            AuthorityFile = "/etc/ca.pem",
            Region = "eu-central-1",
            Profile = "prod",
            RoleArn = "arn:aws:iam::123456789012:role/keyrotator",
            ExternalId = "ours",
            Fips = true,
        };

        var shown = RemoteStoreView.Describe(options).Where(member => member.Value is not null);

        shown.Select(member => $"{member.Key}={member.Value}").ShouldBe(
            [
                "region=eu-central-1", "profile=prod", "roleArn=arn:aws:iam::123456789012:role/keyrotator", "externalId=ours", "fips=true",
                "endpoint=http://aws.internal:4566", "ca=/etc/ca.pem", "allowInsecure=true",
            ]);
    }
}
