using System.Text;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The part on what is AWS's own.</summary>
public sealed partial class AwsSecretsManagerStoreTests
{
    [Theory]
    [InlineData("AccessDeniedException", false)]
    [InlineData("UnrecognizedClientException", false)]
    [InlineData("InvalidSignatureException", false)]
    [InlineData("InvalidRequestException", false)]
    [InlineData("InvalidParameterException", false)]
    [InlineData("LimitExceededException", false)]
    [InlineData("DecryptionFailure", false)]
    [InlineData("ExpiredTokenException", false)]
    [InlineData("NeverHeardOfException", false)]
    [InlineData("ThrottlingException", true)]
    [InlineData("com.amazonaws.secretsmanager#TooManyRequestsException:http://example.com/", true)]
    [InlineData("InternalServiceError", true)]
    public async Task Read_Error_IsToldByItsTypeAlone(string type, bool isTransient)
    {
        var (store, fake) = await OpenedAsync("value");
        Enumerable.Range(0, 9).ToList().ForEach(_ => fake.NextErrors.Enqueue(type));

        var failure = await Should.ThrowAsync<SecretStoreException>(() => WithinAsync(fake, ValueAsync(store, "alpha")));

        failure.IsTransient.ShouldBe(isTransient);
        failure.ToString().ShouldNotContain("vendor text");
    }

    [Theory]
    [InlineData("ThrottlingException", "status 400, and nothing was done")]
    [InlineData("ExpiredTokenException", "credentials are found anew, once")]
    public async Task Read_OneSuchError_IsRepeated(string type, string reason)
    {
        var (store, fake) = await OpenedAsync("value");
        fake.NextErrors.Enqueue(type);

        (await WithinAsync(fake, ValueAsync(store, "alpha"))).ShouldBe("value", reason);
    }

    [Theory]
    [InlineData("com.amazonaws.secretsmanager#ResourceNotFoundException")]
    [InlineData("ResourceNotFoundException:http://internal.amazon.com/coral/")]
    public async Task Read_AbsenceSpelledOtherwise_IsNull(string type)
    {
        var (store, fake) = await OpenedAsync("value");
        fake.NextErrors.Enqueue(type);

        (await ValueAsync(store, "alpha")).ShouldBeNull();
    }

    [Fact]
    public async Task Read_RefusedSignature_BlamesTheClockOnlyWhereItIsOff()
    {
        var (_, fake) = await OpenedAsync("value");
        var offByYears = Open(fake.Address, new ManualClock(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var right = Open(fake.Address, TimeProvider.System);
        Enumerable.Range(0, 2).ToList().ForEach(_ => fake.NextErrors.Enqueue("InvalidSignatureException"));

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(offByYears, "alpha"))).Advice.ShouldContain("clock");
        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(right, "alpha"))).Advice.ShouldNotContain("clock");
    }

    [Fact]
    public async Task Read_Current_NamesItsLabel()
    {
        var (store, fake) = await OpenedAsync("value");

        await ValueAsync(store, "alpha");

        fake.Requests[^1].Text.ShouldBe("""{"SecretId":"alpha","VersionStage":"AWSCURRENT"}""");
    }

    [Fact]
    public async Task Read_BinaryThatIsText_IsThatText()
    {
        var (store, fake) = await OpenedAsync("value");
        MakeBinary(fake, "alpha", """{"field":"grün"}"""u8.ToArray());

        (await ValueAsync(store, "alpha", "field")).ShouldBe("grün");
        await store.WriteAsync(Write(store, "alpha", await VersionAsync(store, "alpha"), "rot", "field"), Token);

        var held = fake.Find("alpha")!.Versions.Last().Value;
        (held.Text, Encoding.UTF8.GetString(Convert.FromBase64String(held.Binary!))).ShouldBe((null, """{"field":"rot"}"""));
    }

    [Fact]
    public async Task Read_BinaryThatIsNoText_Fails()
    {
        var (store, fake) = await OpenedAsync("value");
        MakeBinary(fake, "alpha", [0xff, 0xfe, 0x00]);

        (await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, "alpha"))).Advice.ShouldContain("binary");
    }

    [Theory]
    [InlineData("grüße", "letters beyond ASCII")]
    [InlineData("a b", "a space")]
    [InlineData("", "nothing")]
    [InlineData("arn:aws:secretsmanager:us-east-1:123456789012:secret:alpha-a1B2c3", "another region's")]
    [InlineData("arn:aws:s3:::bucket", "another service's")]
    public async Task Read_ImpossibleName_FailsWithoutACall(string name, string reason)
    {
        var (store, fake) = await OpenedAsync("value");

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ValueAsync(store, name), reason);

        (failure.IsTransient, fake.Requests.Count).ShouldBe((false, 0), reason);
    }

    [Fact]
    public async Task Names_WithSlashesAndDots_AndArns_AreTaken()
    {
        var (store, fake) = await OpenedAsync("value");
        await store.WriteAsync(Write(store, "prod/openai.key_1+=@-!", null, "odd"), Token);

        (await ValueAsync(store, "prod/openai.key_1+=@-!")).ShouldBe("odd");
        (await ValueAsync(store, fake.Find("alpha")!.Arn)).ShouldBe("value");
    }

    [Fact]
    public async Task ReadMany_SeveralFieldsOfOneSecret_FetchItOnce()
    {
        var (store, fake) = await OpenedAsync("""{"a":"1","b":"2"}""");
        fake.Add("beta", "3");

        var readings = await store.ReadManyAsync(
            [At(store, "alpha", "a"), At(store, "beta"), At(store, "alpha", "b"), At(store, "grüße")], Token);

        readings.Select(reading => reading.Secret?.Value.Reveal()).ShouldBe(["1", "3", "2", null]);
        readings[3].Failure.ShouldNotBeNull();
        fake.Requests.Select(request => request.Text).ShouldBe(["""{"SecretIdList":["alpha","beta"]}"""]);
    }

    [Fact]
    public async Task ReadMany_BatchDenied_ReadsSingly()
    {
        var (store, fake) = await OpenedAsync("1");
        fake.Add("beta", "2");
        fake.Denied.Add("BatchGetSecretValue");

        var readings = await store.ReadManyAsync([At(store, "alpha"), At(store, "beta")], Token);

        readings.Select(reading => reading.Secret?.Value.Reveal()).ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task ReadMany_OneOfThemFailing_NamesThePermission()
    {
        var (store, fake) = await OpenedAsync("1");
        fake.Denied.Add("GetSecretValue");

        var readings = await store.ReadManyAsync([At(store, "alpha"), At(store, "beta")], Token);

        readings.ShouldAllBe(reading => reading.Failure!.MissingPermission!.StartsWith("secretsmanager:GetSecretValue on "));
    }

    [Fact]
    public async Task List_ManyPages_GivesAllWithTags()
    {
        var (store, fake) = await OpenedAsync("value");
        Enumerable.Range(0, 7).ToList().ForEach(number => fake.Add($"prod/{number}", "value").Tags["owner"] = $"{number}");
        fake.PageSize = 3;

        var listed = await store.ListAsync("prod/", Token).ToListAsync(Token);

        listed.Select(secret => (secret.Name, secret.Tags["owner"]))
            .ShouldBe(Enumerable.Range(0, 7).Select(number => ($"prod/{number}", $"{number}")));
    }

    [Theory]
    [InlineData("!prod", "AWS takes that for all others")]
    [InlineData("grüße", "AWS does not take that")]
    public async Task List_OddPrefix_ListsNothing(string prefix, string reason)
    {
        var (store, _) = await OpenedAsync("value");

        (await store.ListAsync(prefix, Token).ToListAsync(Token)).ShouldBeEmpty(reason);
    }

    [Fact]
    public async Task Tag_SetsAndRemoves_AndDescribeTells()
    {
        var (store, fake) = await OpenedAsync("value");
        fake.Find("alpha")!.Tags["team"] = "ml";
        fake.Find("alpha")!.LastReadAt = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

        await store.TagAsync(At(store, "alpha"), new Dictionary<string, string?> { ["owner"] = "keys", ["team"] = null }, Token);

        var described = (await store.DescribeAsync(At(store, "alpha"), Token)).ShouldNotBeNull();
        described.Tags.ShouldBe(new Dictionary<string, string> { ["owner"] = "keys" });
        (described.Current, described.LastReadAt).ShouldBe((await VersionAsync(store, "alpha"), new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero)));
        (await store.DescribeAsync(At(store, "beta"), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Test_ListingDenied_NamesThePermission()
    {
        var (store, fake) = await OpenedAsync("value");
        fake.Denied.Add("ListSecrets");

        var step = (await store.TestAsync([], Token)).Single(step => !step.Passed);

        step.Message.ShouldContain("secretsmanager:ListSecrets on *");
    }

    private static void MakeBinary(AwsSecretsManagerFake fake, string name, byte[] bytes) =>
        fake.Make(fake.Find(name)!, Guid.NewGuid().ToString(), null, Convert.ToBase64String(bytes), ["AWSCURRENT"]);

    private async Task<(AwsSecretsManagerStore Store, AwsSecretsManagerFake Fake)> OpenedAsync(string text)
    {
        var (store, fake) = await StartedAsync("alpha", text);
        return ((AwsSecretsManagerStore)store, (AwsSecretsManagerFake)fake);
    }
}
