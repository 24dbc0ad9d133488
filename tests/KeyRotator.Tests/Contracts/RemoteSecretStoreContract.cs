using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Contracts;

/// <summary>What every store that is reached over the network keeps, whatever the network does.</summary>
public abstract partial class RemoteSecretStoreContract : WritableSecretStoreContract, IAsyncDisposable
{
    private readonly List<FakeStoreServer> _fakes = [];
    private readonly ManualClock _clock = new();

    public static TheoryData<StoreFault> Transient =>
        [StoreFault.DropsBefore, StoreFault.DropsAfter, StoreFault.FailsAfter, StoreFault.TooManyRequests, StoreFault.ServerError];

    public static TheoryData<StoreFault> Malformed => [StoreFault.Page, StoreFault.OtherJson, StoreFault.Garbage, StoreFault.Redirect];

    public static TheoryData<StoreFault> All => [.. Enum.GetValues<StoreFault>()];

    /// <summary>The store's own name for what is missing when reading is denied, for example its policy's action.</summary>
    protected abstract string ReadPermission { get; }

    /// <summary>The same for writing.</summary>
    protected abstract string WritePermission { get; }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var fake in _fakes)
        {
            await fake.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task Read_OneTransientFault_IsRepeated(StoreFault fault)
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Inject(fault, IsRead);

        (await WithinAsync(fake, ValueAsync(store, "alpha"))).ShouldBe("value");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Read_FaultThatStays_FailsAndTellsNothing(StoreFault fault)
    {
        var canary = new Canary();
        var (store, fake) = await StartedAsync("alpha", canary.Text);
        Enumerable.Range(0, 20).ToList().ForEach(_ => fake.Inject(fault, IsRead));

        var failure = await Should.ThrowAsync<SecretStoreException>(() => WithinAsync(fake, ValueAsync(store, "alpha")));

        failure.IsTransient.ShouldBe(fault is not (StoreFault.Page or StoreFault.OtherJson or StoreFault.Garbage or StoreFault.Redirect));
        failure.Store.ShouldBe(store.Name);
        canary.ShouldBeAbsentFrom(failure.ToString());
        failure.ToString().ShouldNotContain("Sign in");
    }

    [Fact]
    public async Task Read_Denied_NamesThePermission()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        Deny(fake, isWrite: false);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => WithinAsync(fake, ValueAsync(store, "alpha")));

        failure.IsTransient.ShouldBeFalse();
        failure.MissingPermission.ShouldNotBeNull().ShouldContain(ReadPermission);
    }

    [Fact]
    public async Task Write_Denied_NamesThePermissionAndChangesNothing()
    {
        var (store, fake) = await StartedAsync("alpha", "old");
        var write = Write((IWritableSecretStore)store, "alpha", await VersionAsync(store, "alpha"), "new");
        Deny(fake, isWrite: true);

        var failure = await Should.ThrowAsync<SecretStoreException>(
            () => WithinAsync(fake, ((IWritableSecretStore)store).WriteAsync(write, Token)));

        failure.MissingPermission.ShouldNotBeNull().ShouldContain(WritePermission);
        ValueIn(fake, "alpha").ShouldBe("old");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Write_FaultAtAnyRequest_EndsInOneWrite(StoreFault fault)
    {
        var canary = new Canary();
        for (var point = 0; point < 12; point++)
        {
            var (started, fake) = await StartedAsync("alpha", "old");
            var store = (IWritableSecretStore)started;
            var write = Write(store, "alpha", await VersionAsync(store, "alpha"), canary.Text);
            var left = point;
            fake.Inject(fault, _ => left-- == 0);
            try
            {
                await WithinAsync(fake, store.WriteAsync(write, Token));
            }
            catch (SecretStoreException failure)
            {
                canary.ShouldBeAbsentFrom(failure.ToString());
            }

            fake.ClearFaults();
            var version = await WithinAsync(fake, store.WriteAsync(write, Token));

            ValueIn(fake, "alpha").ShouldBe(canary.Text, $"{fault} at request {point}");
            (await VersionAsync(store, "alpha")).ShouldBe(version, $"{fault} at request {point}");
            VersionsIn(fake, "alpha").ShouldBeLessThanOrEqualTo(2, $"{fault} at request {point}");
        }
    }

    [Fact]
    public async Task Write_ForeignWriteBeforeAnyRequest_IsNeverOverwritten()
    {
        for (var point = 0; point < 12; point++)
        {
            var (started, fake) = await StartedAsync("alpha", "old");
            var store = (IWritableSecretStore)started;
            var write = Write(store, "alpha", await VersionAsync(store, "alpha"), "ours");
            var (left, isWritten) = (point, false);
            fake.Before = _ =>
            {
                if (left-- == 0)
                {
                    isWritten = true;
                    WriteForeign(fake, "alpha", "theirs");
                }
            };
            SecretStoreException? failure = null;
            try
            {
                await WithinAsync(fake, store.WriteAsync(write, Token));
            }
            catch (SecretStoreException thrown)
            {
                failure = thrown;
            }

            fake.Before = null;
            if (isWritten)
            {
                // Ours was there first and theirs came after it, or theirs came first and ours was refused.
                ValueIn(fake, "alpha").ShouldBe("theirs", $"a foreign write before request {point}, {failure?.GetType().Name}");
            }
            else
            {
                (failure, ValueIn(fake, "alpha")).ShouldBe((null, "ours"));
            }
        }
    }

    [Fact]
    public async Task Remove_Denied_NamesThePermissionAndChangesNothing()
    {
        var (store, fake) = await StartedAsync("alpha", "one");
        Deny(fake, isWrite: true);

        var failure = await Should.ThrowAsync<SecretStoreException>(() => WithinAsync(fake, RemovedAsync(store)));

        failure.MissingPermission.ShouldNotBeNull().ShouldContain("delete", Case.Insensitive);
        ValueIn(fake, "alpha").ShouldBe("one");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Remove_FaultAtAnyRequest_EndsRemoved(StoreFault fault)
    {
        for (var point = 0; point < 8; point++)
        {
            var (store, fake) = await StartedAsync("alpha", "one");
            var left = point;
            fake.Inject(fault, _ => left-- == 0);
            try
            {
                await WithinAsync(fake, RemovedAsync(store));
                ValueIn(fake, "alpha").ShouldBeNull($"{fault} at request {point}: it says that it is done");
            }
            catch (SecretStoreException failure)
            {
                failure.ShouldNotBeOfType<SecretConflictException>($"{fault} at request {point}");
            }

            fake.ClearFaults();
            await WithinAsync(fake, RemovedAsync(store));

            ValueIn(fake, "alpha").ShouldBeNull($"{fault} at request {point}");
        }
    }

    [Fact]
    public async Task WriteTest_WritingDenied_NamesThePermissionAndLeavesNothing()
    {
        var (store, fake) = await StartedAsync("alpha", "theirs");
        Deny(fake, isWrite: true);
        DenyMaking(fake);

        var steps = await WithinAsync(fake, Trial(store, _clock, out var secret).RunAsync(Token));

        steps.First(step => !step.Passed).Name.ShouldBe($"write {secret.Location.Name}");
        steps.First(step => !step.Passed).MissingPermission.ShouldNotBeNull();
        steps.ShouldNotContain(step => step.Name.StartsWith("read"));
        (ValueIn(fake, secret.Location.Name), ValueIn(fake, "alpha")).ShouldBe((null, "theirs"));
    }

    [Fact]
    public async Task WriteTest_CutOffAtAnyRequest_IsPutRightByTheNext()
    {
        var isWhole = false;
        for (var point = 0; !isWhole; point++)
        {
            var (store, fake) = await StartedAsync("alpha", "theirs");
            var answered = point;
            Enumerable.Range(0, 100).ToList().ForEach(_ => fake.Inject(StoreFault.DropsBefore, _ => fake.Requests.Count > answered));
            var steps = await WithinAsync(fake, Trial(store, _clock, out var secret).RunAsync(Token));
            isWhole = steps.All(step => step.Passed);
            fake.ClearFaults();
            if (ValueIn(fake, secret.Location.Name) is not null)
            {
                steps[^1].Message.ShouldMatch(
                    $"The secret {secret.Location.Name} (is|may be) left behind: remove it", $"at request {point}");
            }

            _clock.Advance(TimeSpan.FromMinutes(5)); // leases lapse too
            var next = await WithinAsync(fake, Trial(store, _clock, out _).RunAsync(Token));

            next.ShouldAllBe(step => step.Passed, $"at request {point}");
            var names = await ((ISecretListing)store).ListAsync("", Token).Select(listed => listed.Name).ToListAsync(Token);
            names.ShouldBe(["alpha"], $"at request {point}");
            ValueIn(fake, "alpha").ShouldBe("theirs");
        }
    }

    [Fact]
    public async Task WriteTest_Interrupted_RemovesWhatItMade()
    {
        var (store, fake) = await StartedAsync("alpha", "theirs");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var test = Trial(store, _clock, out var secret);
        fake.Before = _ =>
        {
            if (ValueIn(fake, secret.Location.Name) is not null)
            {
                cancel.Cancel();
            }
        };

        await Should.ThrowAsync<OperationCanceledException>(() => WithinAsync(fake, test.RunAsync(cancel.Token)));

        ValueIn(fake, secret.Location.Name).ShouldBeNull();
    }

    [Fact]
    public async Task Calls_WhileTheServerHangs_AreCancelled()
    {
        var (store, fake) = await StartedAsync("alpha", "value");
        fake.Inject(StoreFault.Hangs);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var read = store.ReadAsync(At(store, "alpha"), null, cancel.Token);
        await fake.HangsAsync(Token);
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(read);
    }

    /// <summary>A fake that holds these secrets, whole texts by name, not started yet.</summary>
    protected abstract FakeStoreServer CreateFake(IReadOnlyDictionary<string, string> secrets);

    /// <summary>The store, connected to a started fake.</summary>
    protected abstract ISecretStore Connect(FakeStoreServer fake, TimeProvider time);

    /// <summary>Whether a request asks for a secret's value or metadata, and is none of a login.</summary>
    protected virtual bool IsRead(FakeRequest request) => true;

    /// <summary>Has the identity lose the right to read or to write.</summary>
    protected abstract void Deny(FakeStoreServer fake, bool isWrite);

    /// <summary>Has the identity lose the right to make secrets, where that is another one than to write.</summary>
    protected virtual void DenyMaking(FakeStoreServer fake)
    {
    }

    /// <summary>The current value that the fake holds.</summary>
    protected abstract string? ValueIn(FakeStoreServer fake, string name);

    /// <summary>How many versions of a secret the fake holds; 1 where it keeps none.</summary>
    protected abstract int VersionsIn(FakeStoreServer fake, string name);

    /// <summary>Somebody else writes.</summary>
    protected abstract void WriteForeign(FakeStoreServer fake, string name, string text);

    protected override async Task<ISecretStore> CreateAsync(IReadOnlyDictionary<string, string> secrets) =>
        Connect(await StartAsync(secrets), TimeProvider.System);

    /// <summary>Runs to the end: waits of the client pass at once, and what hangs runs into its time limit.</summary>
    private protected async Task<T> WithinAsync<T>(FakeStoreServer fake, Task<T> work)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var hangs = ExpireAsync(fake, done.Token);
        try
        {
            return await Drive.UntilDone(work, _clock);
        }
        finally
        {
            await done.CancelAsync();
            await hangs;
        }
    }

    private protected async Task<(ISecretStore Store, FakeStoreServer Fake)> StartedAsync(string name, string text)
    {
        var fake = await StartAsync(new Dictionary<string, string> { [name] = text });
        return (Connect(fake, _clock), fake);
    }

    private static async Task<bool> RemovedAsync(ISecretStore store)
    {
        await RemoveAsync(store, "alpha", null, "one");
        return true;
    }

    private async Task ExpireAsync(FakeStoreServer fake, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await fake.HangsAsync(cancellationToken);
                _clock.Advance(StoreClient.Timeout);
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }
    }

    private async Task<FakeStoreServer> StartAsync(IReadOnlyDictionary<string, string> secrets)
    {
        var fake = CreateFake(secrets);
        await fake.StartAsync(Token);
        _fakes.Add(fake);
        return fake;
    }
}
