using KeyRotator.Configuration;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

/// <summary>What is shown of stores is what the file may say of them.</summary>
public sealed class StoreViewTests
{
    private static readonly Canary s_canary = new();

    private static readonly StoreOptions[] s_options =
    [
        new AwsStoreOptions { Region = "eu-central-1", Profile = "p", RoleArn = "arn:aws:iam::1:role/r", ExternalId = "e", Fips = true },
        new GcpStoreOptions { Project = "acme", Region = "europe-west3", Impersonate = "a@b", Alias = "current" },
        new AzureStoreOptions { Tenant = "t", ClientId = "c" },
        new VaultStoreOptions
        {
            Namespace =
                "n", Mount = "secret", EngineVersion = 2, Login = VaultLogin.AppRole, LoginMount = "m", Role = "r", Token = s_canary.Value,
            RoleId = "i", SecretId = s_canary.Value, JwtFile = "/j", Peers = ["h:1"],
        },
        new KubernetesStoreOptions { Namespace = "n", Kubeconfig = "/k", Context = "c" },
    ];

    public static TheoryData<string, string> Kinds => new()
    {
        { "aws", "kind endpoint region profile roleArn externalId fips discover ca clientCertificate clientKey" },
        { "gcp", "kind endpoint project location impersonate alias discover ca clientCertificate clientKey" },
        { "azure", "kind vault tenant clientId discover ca clientCertificate clientKey" },
        { "vault", "kind address namespace mount engineVersion auth peers discover ca clientCertificate clientKey" },
        { "kubernetes", "kind endpoint namespace kubeconfig context discover ca clientCertificate clientKey" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Describe_RemoteStore_ShowsAllMembersAndNoSecret(string kind, string members)
    {
        var options = s_options.Single(options => options.GetType().Name.StartsWith(kind, StringComparison.OrdinalIgnoreCase)) with
        {
            Address = new Uri("https://store.example"),
            AuthorityFile = "/ca",
            CertificateFile = "/cert",
            CertificateKeyFile = "/key",
        };

        var shown = StoreView.Describe(new StoreSettings { Name = "prod", Kind = kind, Options = options, Discover = new() { Tag = "keyrotator" } });

        shown.Select(member => member.Key).ShouldBe(members.Split(' '));
        shown.ShouldAllBe(member => member.Value != null);
        s_canary.ShouldBeAbsentFrom(shown.ToJsonString());
    }
}
