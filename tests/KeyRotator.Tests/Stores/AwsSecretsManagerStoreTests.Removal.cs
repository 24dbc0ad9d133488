using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The part on removing secrets.</summary>
public sealed partial class AwsSecretsManagerStoreTests
{
    [Fact]
    public async Task Remove_KnownValue_GrantsNoRecovery()
    {
        var (store, fake) = await OpenedAsync("one");

        await RemoveAsync(store, "alpha", null, "one");

        fake.Requests[^1].Text.ShouldBe("""{"SecretId":"alpha","ForceDeleteWithoutRecovery":true}""");
    }

    [Fact]
    public async Task Remove_MarkedForDeletionByOthers_DoesNothing()
    {
        var (store, fake) = await OpenedAsync("theirs");
        fake.Find("alpha")!.DeletedAt = fake.Now;

        await RemoveAsync(store, "alpha", null, "one");

        fake.Actions.ShouldBe(["DescribeSecret"]);
    }

    [Fact]
    public async Task Remove_VersionWithoutLabel_IsLookedAtToo()
    {
        var (store, fake) = await OpenedAsync("theirs");
        foreach (var text in new[] { "one", "one", "one" })
        {
            fake.Make(fake.Find("alpha")!, Guid.NewGuid().ToString(), text, null, ["AWSCURRENT"]);
        }

        await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store, "alpha", null, "one"));

        fake.Find("alpha")!.Versions.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData("replica")]
    [InlineData("managed")]
    [InlineData("rotated")]
    [InlineData("empty")]
    public async Task Remove_SecretOfOthers_IsRefused(string kind)
    {
        var (store, fake) = await OpenedAsync("one");
        var secret = fake.Find("alpha")!;
        (secret.IsReplica, secret.OwningService, secret.IsRotated) = (
            kind == "replica", kind == "managed" ? "rds" : null, kind == "rotated");
        if (kind == "empty")
        {
            secret.Versions.Clear();
        }

        await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store, "alpha", null, "one"));

        fake.Actions.ShouldNotContain("DeleteSecret");
    }

    [Fact]
    public async Task Remove_Denied_NamesTheAction()
    {
        var (store, fake) = await OpenedAsync("one");
        fake.Denied.Add("DeleteSecret");

        (await Should.ThrowAsync<SecretStoreException>(() => RemoveAsync(store, "alpha", null, "one")))
            .MissingPermission.ShouldBe("secretsmanager:DeleteSecret on arn:aws:secretsmanager:eu-central-1:*:secret:alpha-??????");
    }
}
