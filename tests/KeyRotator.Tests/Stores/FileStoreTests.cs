using KeyRotator.Stores;
using KeyRotator.Tests.Contracts;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class FileStoreTests : WritableSecretStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    private string StorePath => _folder["secrets.enc"];

    [Fact]
    public async Task Read_NoFileYet_IsAbsent()
    {
        var store = Open();

        (await ValueAsync(store, "alpha")).ShouldBeNull();
        (await store.ListAsync("", Token).ToListAsync(Token)).ShouldBeEmpty();
        Directory.GetFiles(_folder.Path).ShouldBe([_folder["key"]]);
    }

    [Fact]
    public async Task Write_ElevenTimes_KeepsTheLastTenVersions()
    {
        var store = Open();
        List<SecretVersion?> versions = [null];
        for (var i = 0; i < 11; i++)
        {
            versions.Add(await store.WriteAsync(Write(store, "alpha", versions[^1], $"value {i}"), Token));
        }

        versions.Distinct().Count().ShouldBe(12);
        (await store.ReadAsync(At(store, "alpha"), versions[1], Token)).ShouldBeNull();
        (await store.ReadAsync(At(store, "alpha"), versions[2], Token))?.Value.Reveal().ShouldBe("value 1");
    }

    [Fact]
    public async Task Purge_EarlierVersion_IsGoneForGoodAndTheOthersStay()
    {
        var store = Open();
        var first = await store.WriteAsync(Write(store, "alpha", null, "one"), Token);
        var second = await store.WriteAsync(Write(store, "alpha", first, "two"), Token);
        await store.WriteAsync(Write(store, "alpha", second, "three"), Token);

        await store.PurgeAsync(At(store, "alpha"), first!.Value, Token);
        await store.PurgeAsync(At(store, "alpha"), first.Value, Token);
        await store.PurgeAsync(At(store, "absent"), first.Value, Token);

        var reopened = Open();
        (await reopened.ReadAsync(At(store, "alpha"), first, Token)).ShouldBeNull();
        (await reopened.ReadAsync(At(store, "alpha"), second, Token))?.Value.Reveal().ShouldBe("two");
        (await ValueAsync(reopened, "alpha")).ShouldBe("three");
        (await reopened.ListAsync("", Token).ToListAsync(Token)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Purge_CurrentVersion_IsRefused()
    {
        var store = Open();
        var version = await store.WriteAsync(Write(store, "alpha", null, "value"), Token);

        await Should.ThrowAsync<SecretConflictException>(() => store.PurgeAsync(At(store, "alpha"), version!.Value, Token));

        (await ValueAsync(store, "alpha")).ShouldBe("value");
    }

    [Fact]
    public async Task Describe_Secret_TellsVersionAndTimeWithoutItsValue()
    {
        var store = Open();
        (await store.DescribeAsync(At(store, "alpha"), Token)).ShouldBeNull();
        var version = await store.WriteAsync(Write(store, "alpha", null, "value"), Token);

        (await store.DescribeAsync(At(store, "alpha"), Token))
            .ShouldBe(new SecretDescription { Current = version, WrittenAt = _clock.GetUtcNow() });
        (await store.DescribeAsync(At(store, "absent"), Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Write_AnyTime_RecordsWhen()
    {
        var store = Open();
        await store.WriteAsync(Write(store, "alpha", null, "value"), Token);

        (await store.ReadAsync(At(store, "alpha"), null, Token))?.WrittenAt.ShouldBe(_clock.GetUtcNow());
    }

    [Fact]
    public async Task Write_EqualValue_LeavesTheFileAlone()
    {
        var store = Open();
        var version = await store.WriteAsync(Write(store, "alpha", null, "value"), Token);
        var before = await File.ReadAllBytesAsync(StorePath, Token);

        await store.WriteAsync(Write(store, "alpha", version, "value"), Token);

        (await File.ReadAllBytesAsync(StorePath, Token)).ShouldBe(before);
    }

    [Fact]
    public async Task Write_AnotherSecret_TakesAFreshNonceAndKeepsCiphertexts()
    {
        var store = Open();
        await store.WriteAsync(Write(store, "alpha", null, "value"), Token);
        var before = await File.ReadAllBytesAsync(StorePath, Token);

        await store.WriteAsync(Write(store, "beta", null, "value"), Token);

        var after = await File.ReadAllBytesAsync(StorePath, Token);
        after[68..80].ShouldNotBe(before[68..80], "the index has a fresh nonce");
        after.AsSpan().IndexOf(before.AsSpan()[^33..]).ShouldBePositive("the first value keeps its ciphertext");
    }

    [Fact]
    public async Task Write_Value_IsNowhereOnTheDisk()
    {
        var canary = new Canary();
        var store = Open((step, unfinished) => canary.ShouldBeAbsentFrom(step == ReplaceStep.Flushed ? Latin1(unfinished) : null));

        await store.WriteAsync(Write(store, "prod/llm", null, canary.Text), Token);

        var files = Directory.GetFiles(_folder.Path);
        files.Select(Path.GetFileName).ShouldBe(["key", "secrets.enc", "secrets.enc.lock"], ignoreOrder: true);
        files.ShouldAllBe(file => !Latin1(file).Contains("prod/llm", StringComparison.Ordinal));
        canary.ShouldBeAbsentFrom(string.Concat(files.Select(Latin1)));
    }

    [Fact]
    public async Task Write_NewFiles_AreTheOwnersAlone()
    {
        await Open().WriteAsync(Write(Open(), "alpha", null, "value"), Token);

        Directory.GetFiles(_folder.Path).ShouldAllBe(file => StoreKeys.IsOwnersAlone(file));
    }

    [Fact]
    public async Task Write_ThroughALink_ReplacesWhatItPointsAt()
    {
        Directory.CreateDirectory(_folder["data"]);
        File.CreateSymbolicLink(StorePath, _folder["data/real.enc"]);
        var store = Open();

        await store.WriteAsync(Write(store, "alpha", null, "value"), Token);

        new FileInfo(StorePath).LinkTarget.ShouldNotBeNull();
        File.Exists(_folder["data/real.enc"]).ShouldBeTrue();
        (await ValueAsync(store, "alpha")).ShouldBe("value");
    }

    [Fact]
    public async Task WriteMany_OneConflicts_WritesNone()
    {
        var store = Open();

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteManyAsync(
            [Write(store, "alpha", null, "value"), Write(store, "beta", new SecretVersion("1-00000000"), "value")], Token));

        (await ValueAsync(store, "alpha")).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("half \ud800")]
    public async Task Write_NameThatCannotBe_IsRefused(string name)
    {
        var store = Open();

        await Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write(store, name, null, "value"), Token));
    }

    [Fact]
    public async Task Read_ReplacedByAnotherInstance_SeesTheNewFile()
    {
        var reader = Open();
        var writer = Open();
        var first = await writer.WriteAsync(Write(writer, "alpha", null, "old"), Token);
        (await ValueAsync(reader, "alpha")).ShouldBe("old");

        await writer.WriteAsync(Write(writer, "alpha", first, "new"), Token);

        (await ValueAsync(reader, "alpha")).ShouldBe("new");
    }

    [Fact]
    public async Task Write_AfterTheFileWasDeleted_RepeatsNoVersionId()
    {
        var store = Open();
        var first = await store.WriteAsync(Write(store, "alpha", null, "old"), Token);
        File.Delete(StorePath);

        var second = await store.WriteAsync(Write(store, "alpha", null, "new"), Token);

        second.ShouldNotBe(first);
    }

    public void Dispose() => _folder.Dispose();

    protected override async Task<ISecretStore> CreateAsync(IReadOnlyDictionary<string, string> secrets)
    {
        File.Delete(StorePath);
        var store = Open();
        await store.WriteManyAsync([.. secrets.Select(secret => Write(store, secret.Key, null, secret.Value))], Token);
        return store;
    }

    private static string Latin1(string file) => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));

    private FileStore Open(Action<ReplaceStep, string>? interrupt = null) =>
        new("local", StorePath, FileStoreKey.FromKeyFile(StoreKeys.FileIn(_folder)), _clock, interrupt);
}
