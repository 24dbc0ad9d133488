using System.Text;
using KeyRotator.Configuration;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Configuration;

public sealed class KubeconfigTests : IDisposable
{
    private const string Cluster = "server: https://cluster.example:6443";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Context_IsTheCurrentOrTheNamedOne()
    {
        var path = Save(Cluster, "token: one");

        Kubeconfig.Read(path, null).Namespace.ShouldBe("team");
        Kubeconfig.Read(path, "second").Namespace.ShouldBeNull();
        Should.Throw<InvalidDataException>(() => Kubeconfig.Read(path, "third")).Message.ShouldContain("`third`");
    }

    [Fact]
    public void Read_FilesAndData_AreTheSame()
    {
        File.WriteAllText(_folder["ca.crt"], "PEM");
        var data = Convert.ToBase64String(Encoding.UTF8.GetBytes("PEM"));

        Kubeconfig.Read(Save($"{Cluster}, certificate-authority: ca.crt", "tokenFile: tokens/one"), null).Authority.ShouldBe("PEM");
        Kubeconfig.Read(Save($"{Cluster}, certificate-authority-data: {data}", "token: x"), null).Authority.ShouldBe("PEM");
        Kubeconfig.Read(Save(Cluster, $"client-certificate-data: {data}, client-key-data: {data}"), null).Key!.Reveal().ShouldBe("PEM");
        Kubeconfig.Read(Save(Cluster, "tokenFile: tokens/one"), null).TokenFile.ShouldBe(Path.Combine(_folder.Path, "tokens/one"));
    }

    [Theory]
    [InlineData(Cluster, "exec: { command: aws }", "`exec`")]
    [InlineData(Cluster, "auth-provider: { name: gcp }", "`auth-provider`")]
    [InlineData(Cluster, "username: a, password: canary", "`username`")]
    [InlineData($"{Cluster}, insecure-skip-tls-verify: true", "token: x", "`insecure-skip-tls-verify`")]
    [InlineData($"{Cluster}, certificate-authority: absent", "token: x", "does not exist")]
    [InlineData($"{Cluster}, certificate-authority-data: canary!", "token: x", "no base64")]
    [InlineData("server: http://cluster.example", "token: x", "https")]
    [InlineData("server: cluster", "token: x", "https")]
    [InlineData("server: https://169.254.169.254", "token: x", "https address of a server")]
    [InlineData("server: https://user:canary@cluster.example", "token: x", "without user info")]
    [InlineData(Cluster, "token: \"canary", "no")]
    [InlineData(Cluster, "token: &canary x", "line")]
    public void Read_WhatIsNotTaken_SaysSoWithoutSecrets(string cluster, string user, string said)
    {
        var message = Should.Throw<InvalidDataException>(() => Kubeconfig.Read(Save(cluster, user), null)).Message;

        message.ShouldContain(said);
        message.ShouldNotContain("canary");
    }

    [Theory]
    [InlineData("")]
    [InlineData("- x")]
    [InlineData("x")]
    [InlineData("current-context: a")]
    [InlineData("contexts: [{ name: a, context: {} }]\ncurrent-context: a")]
    public void Read_OtherFiles_AreRefused(string text)
    {
        File.WriteAllText(_folder["config"], text);

        Should.Throw<InvalidDataException>(() => Kubeconfig.Read(_folder["config"], null));
    }

    private string Save(string cluster, string user)
    {
        File.WriteAllText(_folder["config"], $$"""
            apiVersion: v1
            kind: Config
            current-context: first
            clusters: [{ name: c, cluster: { {{cluster}} } }]
            users: [{ name: u, user: { {{user}} } }, { name: other, user: { exec: { command: x } } }]
            contexts:
            - { name: first, context: { cluster: c, user: u, namespace: team } }
            - { name: second, context: { cluster: c, user: u } }
            """);
        return _folder["config"];
    }
}
