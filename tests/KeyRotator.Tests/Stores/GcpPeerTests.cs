using System.Diagnostics;
using KeyRotator.Keys;
using KeyRotator.Stores;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The gcloud command as a judge of the fake, and as a second reader and writer beside the store.</summary>
public sealed class GcpPeerTests : IAsyncDisposable
{
    private const string PathVariable = "KEYROTATOR_GCLOUD";
    private const string Advice = $"gcloud is not here: install the Google Cloud CLI, or name it with {PathVariable}.";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly GcpFake _fake = Gcp.Fake(new Dictionary<string, string> { ["alpha"] = "one" });
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretLocation Alpha { get; } = new() { Store = "mine", Name = "alpha" };

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task Versions_OfEither_AreReadByTheOther()
    {
        var store = await StartAsync();

        (await GcloudAsync("secrets", "versions", "access", "latest", "--secret=alpha")).Output.ShouldBe("one");
        await File.WriteAllTextAsync(_folder["value"], "of gcloud", Token);
        (await GcloudAsync("secrets", "versions", "add", "alpha", $"--data-file={_folder["value"]}")).ExitCode.ShouldBe(0);
        var read = await store.ReadAsync(Alpha, null, Token);
        var version = await store.WriteAsync(new(Alpha, new("of the store"), read!.Version, Guid.NewGuid()), Token);

        (read.Value.Reveal(), version).ShouldBe(("of gcloud", new SecretVersion("3")));
        (await GcloudAsync("secrets", "versions", "access", "3", "--secret=alpha")).Output.ShouldBe("of the store");
        (await GcloudAsync("secrets", "versions", "list", "alpha", "--format=value(name.basename(),state)")).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(["3\tenabled", "2\tenabled", "1\tenabled"], Case.Insensitive);
    }

    [Fact]
    public async Task Secret_MadeByGcloud_IsWrittenAndPurgedByTheStore()
    {
        var store = await StartAsync();
        var beta = Alpha with { Name = "beta" };

        (await GcloudAsync("secrets", "create", "beta", "--replication-policy=automatic", "--labels=env=prod")).ExitCode.ShouldBe(0);
        var first = await store.WriteAsync(new(beta, new("b"), null, Guid.NewGuid()), Token);
        await store.WriteAsync(new(beta, new("bb"), first, Guid.NewGuid()), Token);
        await store.PurgeAsync(beta, first!.Value, Token);

        (await GcloudAsync("secrets", "versions", "describe", "1", "--secret=beta", "--format=value(state)")).Output.Trim()
            .ShouldBe("destroyed", StringCompareShould.IgnoreCase);
        (await GcloudAsync("secrets", "list", "--format=value(name)")).Output.ShouldContain("beta");
    }

    [Fact]
    public async Task Secret_RemovedByEither_IsGoneForTheOther()
    {
        var store = await StartAsync();
        var beta = Alpha with { Name = "beta" };
        await store.WriteAsync(new(beta, new("b"), null, Guid.NewGuid()), Token);

        (await GcloudAsync("secrets", "delete", "alpha", "--etag=\"stale\"")).Errors.ShouldContain("FAILED_PRECONDITION");
        (await GcloudAsync("secrets", "delete", "alpha")).ExitCode.ShouldBe(0);
        await store.RemoveAsync(beta, [new("b")], Token);

        (await store.ReadAsync(Alpha, null, Token)).ShouldBeNull();
        (await GcloudAsync("secrets", "list", "--format=value(name)")).Output.Trim().ShouldBeEmpty();
    }

    // gcloud 528 changes annotations without a condition, and its `--update-annotations` drops all others: marks may vanish at any time.
    [Fact]
    public async Task Annotations_ClearedByGcloud_LeadToNoSecondWrite()
    {
        var store = await StartAsync();
        var write = new SecretWrite(Alpha, new("two"), new SecretVersion("1"), Guid.NewGuid());
        await store.WriteAsync(write, Token);
        await store.TagAsync(Alpha, new Dictionary<string, string?> { ["rotated"] = "today" }, Token);

        (await GcloudAsync("secrets", "describe", "alpha", "--format=value(annotations.rotated)")).Output.Trim().ShouldBe("today");
        (await GcloudAsync("secrets", "update", "alpha", "--clear-annotations", "--etag=\"stale\"")).Errors
            .ShouldContain("FAILED_PRECONDITION");
        (await GcloudAsync("secrets", "update", "alpha", "--clear-annotations")).ExitCode.ShouldBe(0);

        await Should.ThrowAsync<SecretConflictException>(() => store.WriteAsync(write, Token));
        _fake.Secrets["alpha"].Versions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Access_SpoiledOrDenied_FailsForGcloudToo()
    {
        await StartAsync();
        _fake.SpoilsPayload = true;
        (await GcloudAsync("secrets", "versions", "access", "latest", "--secret=alpha")).ExitCode.ShouldNotBe(0);

        _fake.Denied.Add("secretmanager.versions.access");
        (await GcloudAsync("secrets", "versions", "access", "latest", "--secret=alpha")).Errors.ShouldContain("PERMISSION_DENIED");
    }

    private static string Locate()
    {
        var folders = Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? [];
        string?[] candidates =
            [Environment.GetEnvironmentVariable(PathVariable), .. folders.Select(folder => Path.Combine(folder, "gcloud"))];
        if (Array.Find(candidates, File.Exists) is { } found)
        {
            return found;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }

    private async Task<GcpSecretManagerStore> StartAsync()
    {
        Locate();
        await _fake.StartAsync(Token);
        await File.WriteAllTextAsync(_folder["token"], GcpFake.GoodToken, Token);
        return Gcp.Connect(_fake, TimeProvider.System);
    }

    private async Task<(int ExitCode, string Output, string Errors)> GcloudAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Locate(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CLOUDSDK_CONFIG"] = _folder["gcloud"];
        start.Environment["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"] = _fake.Address.AbsoluteUri;
        start.Environment["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"] = _folder["token"];
        start.Environment["CLOUDSDK_CORE_PROJECT"] = GcpFake.Project;
        start.Environment["CLOUDSDK_CORE_DISABLE_PROMPTS"] = "1";
        start.Environment["CLOUDSDK_CORE_CHECK_GCE_METADATA"] = "false";
        start.Environment["CLOUDSDK_CORE_DISABLE_USAGE_REPORTING"] = "true";
        start.Environment["CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK"] = "true";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(s_limit);
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
