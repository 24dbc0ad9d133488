using KeyRotator.Keys;
using KeyRotator.State;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.State;

public abstract class KeyVersionTableTests<TEngine> : StateSuite<TEngine>
    where TEngine : ITestEngine, new()
{
    [Fact]
    public async Task Open_FirstVersion_KeepsEveryMember()
    {
        var version = Version(1) with
        {
            ExpiresAt = Now.AddTicks(5),
            ExpirySource = ExpirySource.Stated,
            State = KeyState.PreActivation,
            SupersededAt = Now.AddTicks(6),
            ProvenDeadAt = Now.AddTicks(7),
        };

        await OpenAsync(version);

        (await VersionsAsync()).ShouldBe([version]);
        (await TransitionsAsync(1)).ShouldBe([new KeyTransition(null, KeyState.PreActivation, Now, "check", "first seen")]);
    }

    [Fact]
    public async Task Open_NextVersion_DeactivatesTheOneBefore()
    {
        await OpenAsync(Version(1));
        await OpenAsync(Version(2) with { FirstSeenAt = Now.AddDays(1) });

        var versions = await VersionsAsync();

        versions.Select(version => (version.Sequence, version.State)).ShouldBe([(2, KeyState.Active), (1, KeyState.Deactivated)]);
        versions[1].SupersededAt.ShouldBe(Now.AddDays(1));
        (await TransitionsAsync(1))[^1].ShouldBe(
            new(KeyState.Active, KeyState.Deactivated, Now.AddDays(1), "check", "superseded by version 2"));
    }

    [Fact]
    public async Task Open_ThirdVersion_LeavesTheFirstAsItWas()
    {
        await OpenAsync(Version(1));
        await OpenAsync(Version(2) with { FirstSeenAt = Now.AddDays(1) });
        await OpenAsync(Version(3) with { FirstSeenAt = Now.AddDays(2) });

        var versions = await VersionsAsync();

        versions.Select(version => version.SupersededAt).ShouldBe([null, Now.AddDays(2), Now.AddDays(1)]);
        (await TransitionsAsync(1)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(KeyState.Suspended, KeyState.Deactivated, true)] // held by an operator, replaced all the same
    [InlineData(KeyState.Compromised, KeyState.Compromised, true)] // outranks all
    [InlineData(KeyState.Destroyed, KeyState.Destroyed, true)] // final
    [InlineData(KeyState.PreActivation, KeyState.PreActivation, false)] // never was what consumers read
    public async Task Open_AfterOtherStates_KeepsToTheLifecycle(KeyState before, KeyState after, bool superseded)
    {
        await OpenAsync(Version(1) with { State = before });
        await OpenAsync(Version(2));

        var first = (await VersionsAsync())[1];

        first.State.ShouldBe(after);
        first.SupersededAt.ShouldBe(superseded ? Now : null);
    }

    [Fact]
    public async Task Open_SequenceTaken_IsRefusedAndChangesNothing()
    {
        await OpenAsync(Version(1));

        var fault = await Should.ThrowAsync<StateException>(() => OpenAsync(Version(1) with { Fingerprint = Print(2) }));

        fault.Message.ShouldContain("another process");
        (await VersionsAsync()).ShouldBe([Version(1)]);
    }

    [Fact]
    public async Task SetExpiry_OneVersion_LeavesTheOthers()
    {
        await OpenAsync(Version(1));
        await OpenAsync(Version(2));

        await WriteAsync(transaction => KeyVersionTable.SetExpiryAsync(
            transaction, Id("k"), 2, Now.AddDays(9), ExpirySource.Declared, Cancel));

        (await VersionsAsync()).Select(version => (version.ExpiresAt, version.ExpirySource))
            .ShouldBe([(Now.AddDays(9), ExpirySource.Declared), (null, ExpirySource.Unknown)]);
    }

    private static KeyVersion Version(int sequence) => Version("k", sequence);

    private Task OpenAsync(KeyVersion version) => WriteAsync(transaction => KeyVersionTable.OpenAsync(transaction, version, Cancel));

    private Task<IReadOnlyList<KeyVersion>> VersionsAsync() =>
        ReadAsync(transaction => KeyVersionTable.OfAsync(transaction, Id("k"), Cancel));

    private async Task<IReadOnlyList<KeyTransition>> TransitionsAsync(int sequence) =>
        [.. (await ReadAsync(transaction => KeyStates.TransitionsAsync(transaction, Id("k"), Cancel)))[sequence]];
}

public sealed class SqliteFileKeyVersionTableTests : KeyVersionTableTests<SqliteFileEngine>;

public sealed class PostgresKeyVersionTableTests : KeyVersionTableTests<PostgresTestEngine>;

public sealed class SqliteMemoryKeyVersionTableTests : KeyVersionTableTests<SqliteMemoryEngine>;
