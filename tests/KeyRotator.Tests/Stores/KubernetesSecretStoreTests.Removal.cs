using System.Text.Json.Nodes;
using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The part on removing Secrets.</summary>
public sealed partial class KubernetesSecretStoreTests
{
    [Theory]
    [InlineData("theirs", true)]
    [InlineData("one", false)]
    public async Task Remove_ChangedInTheSameMoment_LooksAnew(string text, bool isRefused)
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        var isChanged = false;
        fake.Before = request =>
        {
            if (request.Method == "DELETE" && !isChanged)
            {
                isChanged = true;
                WriteForeign(fake, "alpha", text);
            }
        };

        await (isRefused
            ? Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store, "alpha", null, "one"))
            : RemoveAsync(store, "alpha", null, "one"));

        (isChanged, ValueIn(fake, "alpha")).ShouldBe((true, isRefused ? "theirs" : null));
        fake.Requests.Count(request => request.Method == "DELETE").ShouldBe(isRefused ? 1 : 2);
    }

    [Fact]
    public async Task Remove_OfAController_IsRefused()
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        fake.Change("alpha", secret => secret["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["controller"] = true }));

        (await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store, "alpha", null, "one"))).Advice
            .ShouldBe("a controller owns the Secret and would make it again.");
    }

    [Fact]
    public async Task Remove_NoKeys_IsRefused()
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        fake.Put("alpha", new Dictionary<string, string>());

        await Should.ThrowAsync<SecretConflictException>(() => RemoveAsync(store, "alpha", null, "one"));
    }

    [Fact]
    public async Task Remove_Denied_NamesTheVerb()
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        fake.Denied.Add("delete");

        (await Should.ThrowAsync<SecretStoreException>(() => RemoveAsync(store, "alpha", null, "one")))
            .MissingPermission.ShouldBe("delete secrets in namespace team");
    }
}
