using System.Buffers.Binary;
using System.Text;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>A file that is not what was written is refused with a word on why, and is left as it is.</summary>
public sealed class FileStoreDamageTests : IAsyncLifetime
{
    private const int SealedLength = 38 + FileStoreCipher.Overhead;
    private static readonly SecretLocation s_alpha = new() { Store = "local", Name = "alpha" };

    private readonly TempFolder _folder = new();
    private readonly Canary _canary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string StorePath => _folder["secrets.enc"];

    public static TheoryData<string, string> Damages => new()
    {
        { "empty", "not a store file" },
        { "foreign", "not a store file" },
        { "head only", "not a store file" },
        { "header only", "cut short" },
        { "last byte gone", "cut short" },
        { "byte appended", "appended" },
        { "newer format", "newer KeyRotator" },
        { "other derivation", "was not written with a key file" },
        { "other salt", "not the key file" },
        { "key check", "not the key file" },
        { "rounds", "changed or damaged" },
        { "index length huge", "cut short" },
        { "index length negative", "cut short" },
        { "index nonce", "changed or damaged" },
        { "index tag", "changed or damaged" },
        { "index", "changed or damaged" },
        { "value", "changed or damaged" },
    };

    public async ValueTask InitializeAsync() =>
        await Open().WriteManyAsync([Write("alpha", _canary.Text), Write("beta", _canary.Text)], Token);

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Read_DamagedFile_SaysWhatIsWrong(string damage, string advice)
    {
        var damaged = Damage(damage, await File.ReadAllBytesAsync(StorePath, Token));
        await File.WriteAllBytesAsync(StorePath, damaged, Token);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => Open().ReadAsync(s_alpha, null, Token));

        failure.Advice.ShouldContain(advice);
        failure.IsTransient.ShouldBeFalse();
        _canary.ShouldBeAbsentFrom(failure.ToString());
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Write_DamagedFile_LeavesItAsItIs(string damage, string advice)
    {
        var damaged = Damage(damage, await File.ReadAllBytesAsync(StorePath, Token));
        await File.WriteAllBytesAsync(StorePath, damaged, Token);

        await Should.ThrowAsync<SecretStoreException>(() => Open().WriteAsync(Write("alpha", "new"), Token), advice);

        (await File.ReadAllBytesAsync(StorePath, Token)).ShouldBe(damaged);
    }

    [Fact]
    public async Task Read_ValuesSwapped_OpensNeither()
    {
        var bytes = await File.ReadAllBytesAsync(StorePath, Token);
        byte[] swapped = [.. bytes[..^(2 * SealedLength)], .. bytes[^SealedLength..], .. bytes[^(2 * SealedLength)..^SealedLength]];
        await File.WriteAllBytesAsync(StorePath, swapped, Token);

        var readings = await Open().ReadManyAsync([s_alpha, s_alpha with { Name = "beta" }], Token);

        readings.ShouldAllBe(reading => reading.Secret == null && reading.Failure != null);
    }

    [Fact]
    public async Task ReadMany_OneValueDamaged_ReadsTheOther()
    {
        await File.WriteAllBytesAsync(StorePath, Damage("value", await File.ReadAllBytesAsync(StorePath, Token)), Token);

        var readings = await Open().ReadManyAsync([s_alpha, s_alpha with { Name = "beta" }], Token);

        readings[0].Failure.ShouldNotBeNull().Location.ShouldBe(s_alpha);
        readings[1].Secret?.Value.Reveal().ShouldBe(_canary.Text);
    }

    [Fact]
    public async Task Test_DamagedValue_NamesTheSecret()
    {
        await File.WriteAllBytesAsync(StorePath, Damage("value", await File.ReadAllBytesAsync(StorePath, Token)), Token);

        var steps = await Open().TestAsync([], Token);

        steps.Select(step => step.Passed).ShouldBe([true, false]);
        steps[1].Message.ShouldContain("alpha");
    }

    [Fact]
    public async Task Read_FolderInThePlaceOfTheFile_Fails()
    {
        File.Delete(StorePath);
        Directory.CreateDirectory(StorePath);

        await Should.ThrowAsync<SecretStoreException>(() => Open().ReadAsync(s_alpha, null, Token));
    }

    [Fact]
    public async Task Read_MissingFolder_FailsInsteadOfAbsent()
    {
        var store = Open("absent/secrets.enc");

        (await Should.ThrowAsync<SecretStoreException>(() => store.ReadAsync(s_alpha, null, Token))).Advice.ShouldContain("folder");
        var write = Should.ThrowAsync<SecretStoreException>(() => store.WriteAsync(Write("alpha", "new"), Token));
        (await write).Advice.ShouldContain("folder");
        (await store.TestAsync([], Token)).ShouldHaveSingleItem().Passed.ShouldBeFalse();
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Damage(string kind, byte[] bytes) => kind switch
    {
        "empty" => [],
        "foreign" => Encoding.UTF8.GetBytes("-----BEGIN AGE ENCRYPTED FILE-----\n" + new string('x', 200)),
        "head only" => bytes[..95],
        "header only" => bytes[..96],
        "last byte gone" => bytes[..^1],
        "byte appended" => [.. bytes, 0],
        "newer format" => Flip(bytes, 8),
        "other derivation" => With(bytes, 8, 1 | ((int)FileStoreDerivation.Passphrase << 16)),
        "other salt" => Flip(bytes, 16),
        "key check" => Flip(bytes, 48),
        "rounds" => Flip(bytes, 12),
        "index length huge" => With(bytes, 64, int.MaxValue),
        "index length negative" => With(bytes, 64, -1),
        "index nonce" => Flip(bytes, 68),
        "index tag" => Flip(bytes, 80),
        "index" => Flip(bytes, 96),
        "value" => Flip(bytes, bytes.Length - SealedLength - 1),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static byte[] Flip(byte[] bytes, int at) => [.. bytes[..at], (byte)(bytes[at] ^ 2), .. bytes[(at + 1)..]];

    private static byte[] With(byte[] bytes, int at, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), number);
        return bytes;
    }

    private static SecretWrite Write(string name, string value) => new(s_alpha with { Name = name }, new(value), null, Guid.NewGuid());

    private FileStore Open(string file = "secrets.enc") =>
        new("local", _folder[file], FileStoreKey.FromKeyFile(StoreKeys.FileIn(_folder)), TimeProvider.System);
}
