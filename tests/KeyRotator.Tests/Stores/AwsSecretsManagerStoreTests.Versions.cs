using KeyRotator.Stores;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The part on versions and labels.</summary>
public sealed partial class AwsSecretsManagerStoreTests
{
    private const string Pending = "KEYROTATOR_PENDING";

    public static TheoryData<string> Refusals => ["replica", "rotation", "service", "deletion"];

    [Fact]
    public async Task Stage_ThenPromoteThenBack_MovesWhatReadersSee()
    {
        var (store, fake) = await OpenedAsync("old");
        var first = (await VersionAsync(store, "alpha"))!.Value;

        var staged = await store.StageAsync(Write(store, "alpha", first, "new"), Token);

        (await ValueAsync(store, "alpha")).ShouldBe("old");
        (await store.ReadAsync(At(store, "alpha"), staged, Token))?.Value.Reveal().ShouldBe("new");
        (await store.DescribeAsync(At(store, "alpha"), Token))?.Staged.ShouldBe(staged);

        await store.PromoteAsync(At(store, "alpha"), staged, first, Token);
        await store.PromoteAsync(At(store, "alpha"), staged, first, Token);
        (await ValueAsync(store, "alpha"), fake.Find("alpha")!.Holder(Pending)).ShouldBe(("new", null));

        await store.PromoteAsync(At(store, "alpha"), first, staged, Token);
        (await ValueAsync(store, "alpha"), await VersionAsync(store, "alpha")).ShouldBe(("old", first));
    }

    [Fact]
    public async Task Stage_WhileAnotherIsStaged_IsRefusedUntilThatIsTakenBack()
    {
        var (store, fake) = await OpenedAsync("old");
        var first = await VersionAsync(store, "alpha");
        var theirs = await store.StageAsync(Write(store, "alpha", first, "theirs"), Token);
        var ours = Write(store, "alpha", first, "ours");

        await Should.ThrowAsync<SecretConflictException>(() => store.StageAsync(ours, Token));
        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(ours, Token));
        fake.Find("alpha")!.Holder(Pending).ShouldBe(theirs.Id);

        await store.UnstageAsync(At(store, "alpha"), theirs, Token);
        await store.UnstageAsync(At(store, "alpha"), theirs, Token);
        (await store.WriteAsync(ours, Token)).ShouldBe(new SecretVersion(ours.Token.ToString()));
    }

    [Fact]
    public async Task Stage_TakenBackAndRepeated_IsStagedAgain()
    {
        var (store, fake) = await OpenedAsync("old");
        var write = Write(store, "alpha", await VersionAsync(store, "alpha"), "new");
        var staged = await store.StageAsync(write, Token);
        await store.UnstageAsync(At(store, "alpha"), staged, Token);

        (await store.StageAsync(write, Token)).ShouldBe(staged);

        fake.Find("alpha")!.Holder(Pending).ShouldBe(staged.Id);
    }

    [Fact]
    public async Task Promote_AfterAForeignWrite_IsRefused()
    {
        var (store, fake) = await OpenedAsync("old");
        var first = (await VersionAsync(store, "alpha"))!.Value;
        var staged = await store.StageAsync(Write(store, "alpha", first, "ours"), Token);
        WriteForeign(fake, "alpha", "theirs");

        await Should.ThrowAsync<SecretConflictException>(() => store.PromoteAsync(At(store, "alpha"), staged, first, Token));

        (await ValueAsync(store, "alpha")).ShouldBe("theirs");
    }

    [Fact]
    public async Task Write_ThatLost_IsNeverTakenForDone()
    {
        var (store, fake) = await OpenedAsync("old");
        var write = Write(store, "alpha", await VersionAsync(store, "alpha"), "ours");
        fake.Before = request =>
        {
            if (request.Text.Contains("MoveToVersionId", StringComparison.Ordinal) && fake.Find("alpha")!.CurrentText == "old")
            {
                WriteForeign(fake, "alpha", "theirs");
            }
        };

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token));
        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token));

        (fake.Find("alpha")!.CurrentText, fake.Find("alpha")!.Holder(Pending)).ShouldBe(("theirs", null));
    }

    [Fact]
    public async Task Write_BesideTheVendorsRotation_LeavesItsLabelAlone()
    {
        var (store, fake) = await OpenedAsync("old");
        var theirs = Guid.NewGuid().ToString();
        fake.Make(fake.Find("alpha")!, theirs, "pending", null, ["AWSPENDING"]);

        await store.WriteAsync(Write(store, "alpha", await VersionAsync(store, "alpha"), "new"), Token);

        fake.Find("alpha")!.Holder("AWSPENDING").ShouldBe(theirs);
        fake.Requests.ShouldAllBe(request => !request.Text.Contains("AWSPENDING"));
    }

    [Fact]
    public async Task Write_SecretWithoutAVersion_MakesTheFirst()
    {
        var (store, fake) = await OpenedAsync("old");
        fake.Add("empty", null);

        var version = await store.WriteAsync(Write(store, "empty", null, "value"), Token);

        (await ValueAsync(store, "empty"), fake.Find("empty")!.Holder("AWSCURRENT")).ShouldBe(("value", version!.Value.Id));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Write_SecretThatIsNotOurs_IsRefused(string why)
    {
        var (store, fake) = await OpenedAsync("old");
        var version = await VersionAsync(store, "alpha");
        var secret = fake.Find("alpha")!;
        (secret.IsReplica, secret.IsRotated) = (why == "replica", why == "rotation");
        (secret.OwningService, secret.DeletedAt) = (why == "service" ? "rds" : null, why == "deletion" ? fake.Now : null);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, "alpha", version, "new"), Token));

        failure.IsTransient.ShouldBeFalse();
        (await store.DescribeAsync(At(store, "alpha"), Token))?.WriteRefusal.ShouldBe(failure.Advice);
        secret.Versions.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(89, 0, true)]
    [InlineData(90, 0, false)]
    [InlineData(0, 150, true)]
    public async Task Write_ManyVersionsInADay_IsRefusedBeforeTheQuotaIsReached(int today, int before, bool isTaken)
    {
        var (store, fake) = await OpenedAsync("old");
        var secret = fake.Find("alpha")!;
        var version = await VersionAsync(store, "alpha");
        secret.Versions[version!.Value.Id].CreatedAt = fake.Now.AddDays(-2);
        Enumerable.Range(0, today + before).ToList().ForEach(number =>
            fake.Make(secret, Guid.NewGuid().ToString(), "x", null, []).CreatedAt = fake.Now.AddHours(number < today ? -23 : -25));
        fake.PageSize = 40;

        var write = store.WriteAsync(Write(store, "alpha", version, "new"), Token);

        (isTaken ? null : await Should.ThrowAsync<SecretStoreException>(write))?.Advice.ShouldContain("24 hours");
        await Task.WhenAny(write);
        (await ValueAsync(store, "alpha")).ShouldBe(isTaken ? "new" : "old");
    }

    [Fact]
    public async Task Write_Field_KeepsTheSecretsForm()
    {
        var (store, fake) = await OpenedAsync("""{"field":"old"}""");

        await store.WriteAsync(Write(store, "alpha", await VersionAsync(store, "alpha"), "new", "field"), Token);

        fake.Find("alpha")!.CurrentText.ShouldBe("""{"field":"new"}""");
    }
}
