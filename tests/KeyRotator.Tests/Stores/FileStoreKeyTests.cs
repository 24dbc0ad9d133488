using System.Security.Cryptography;
using System.Text;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

public sealed class FileStoreKeyTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly SecretLocation s_alpha = new() { Store = "local", Name = "alpha" };

    private readonly TempFolder _folder = new();
    private readonly Canary _canary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_SamePassphrase_Opens()
    {
        await WriteAsync(Passphrase("correct horse"));

        (await ReadAsync(Passphrase("correct horse"))).ShouldBe("value");
    }

    [Fact]
    public async Task Read_OtherPassphrase_SaysSo()
    {
        await WriteAsync(Passphrase(_canary.Text));

        var failure = await Should.ThrowAsync<SecretStoreException>(() => ReadAsync(Passphrase(_canary.Text + "x")));

        failure.Advice.ShouldContain("not the passphrase");
        _canary.ShouldBeAbsentFrom(failure.ToString());
    }

    [Fact]
    public async Task Read_OtherKindOfKey_NamesTheRightOne()
    {
        await WriteAsync(KeyFile(RandomNumberGenerator.GetBytes(32)));

        (await Should.ThrowAsync<SecretStoreException>(() => ReadAsync(Passphrase("correct horse")))).Advice.ShouldContain("keyFile");
    }

    [Fact]
    public async Task Write_EmptyPassphrase_IsRefused() =>
        (await RefusedAsync(Passphrase(""))).ShouldContain("empty");

    [Fact]
    public void Derive_FewerRoundsThanAllowed_IsRefused() =>
        Should.Throw<InvalidDataException>(() => Passphrase("correct horse").Derive(new byte[32], FileStoreKey.Rounds - 1));

    [Fact]
    public void Derive_Passphrase_IsPbkdf2OverSha256()
    {
        var salt = RandomNumberGenerator.GetBytes(32);
        var root = Rfc2898DeriveBytes.Pbkdf2("correct horse", salt, 600_000, HashAlgorithmName.SHA256, 32);
        var check = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 16, salt, "keyrotator store file: check"u8.ToArray());

        Passphrase("correct horse").Derive(salt, 600_000).Check.ToArray().ShouldBe(check);
    }

    [Fact]
    public void Derive_SameSaltAgain_IsNotDoneAgain()
    {
        var key = Passphrase("correct horse");

        key.Derive(new byte[32], FileStoreKey.Rounds).ShouldBeSameAs(key.Derive(new byte[32], FileStoreKey.Rounds));
    }

    [Fact]
    public async Task Read_KeyFileInBase64_EqualsTheSameBytesPlain()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        await WriteAsync(KeyFile(bytes));

        (await ReadAsync(KeyFile(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes) + "\n")))).ShouldBe("value");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(4097)]
    public async Task Write_KeyFileOfUnfitLength_IsRefused(int length) =>
        (await RefusedAsync(KeyFile(new byte[length]))).ShouldContain($"{length} bytes");

    [Fact]
    public async Task Write_MissingKeyFile_SaysHowToMakeOne() =>
        (await RefusedAsync(FileStoreKey.FromKeyFile(_folder["absent"]))).ShouldContain("openssl rand");

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public async Task Write_KeyFileOpenToOthers_IsRefused(UnixFileMode mode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        var path = StoreKeys.Write(_folder["open"], RandomNumberGenerator.GetBytes(32), Owner | mode);
        File.CreateSymbolicLink(_folder["link"], path);

        foreach (var keyFile in new[] { path, _folder["link"] })
        {
            (await RefusedAsync(FileStoreKey.FromKeyFile(keyFile))).ShouldContain("chmod 600");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static FileStoreKey Passphrase(string text) => FileStoreKey.FromPassphrase(new(text));

    private FileStoreKey KeyFile(byte[] content) => FileStoreKey.FromKeyFile(StoreKeys.Write(_folder["key"], content));

    private async Task<string> RefusedAsync(FileStoreKey key) =>
        (await Should.ThrowAsync<SecretStoreException>(() => WriteAsync(key))).Advice;

    private Task<SecretVersion?> WriteAsync(FileStoreKey key) =>
        Open(key).WriteAsync(new SecretWrite(s_alpha, new("value"), null, Guid.NewGuid()), Token);

    private async Task<string?> ReadAsync(FileStoreKey key) => (await Open(key).ReadAsync(s_alpha, null, Token))?.Value.Reveal();

    private FileStore Open(FileStoreKey key) => new("local", _folder["secrets.enc"], key, TimeProvider.System);
}
