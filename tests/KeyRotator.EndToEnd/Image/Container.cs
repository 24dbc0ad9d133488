using KeyRotator.EndToEnd.Support;
using Xunit;

namespace KeyRotator.EndToEnd.Image;

/// <summary>The built image, run as a cluster with the strictest rules runs it: no capability, no new privilege, nothing to write to but
/// the state's volume and, as podman has it, memory at <c>/tmp</c>.</summary>
internal sealed class Container : IAsyncDisposable
{
    private const string ImageVariable = "KEYROTATOR_IMAGE";
    private const string User = "1654:1654";
    private const string Advice =
        $"{ImageVariable} names no image. Build it with: .ci/image (as root; needs buildah, podman, runc, debootstrap); then set "
        + $"{ImageVariable} to the name that it prints, and CONTAINERS_STORAGE_CONF to the storage.conf that it made.";

    private static readonly string[] s_locked =
    [
        "--runtime", "runc", "run", "--rm", "--pull", "never", "--network", "host", "--read-only", "--cap-drop", "ALL",
        "--security-opt", "no-new-privileges", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096",
    ];

    private readonly string _name = $"keyrotator-{Guid.NewGuid():N}";
    private readonly List<string> _options = [];
    private readonly Dictionary<string, string> _variables = [];

    private Container(string image) => Image = image;

    /// <summary>The image's name.</summary>
    public string Image { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One without a configuration. Skips the test where there is no image, or fails it where peers are required.</summary>
    /// <param name="isPortable">Whether it is the build that is of no architecture.</param>
    public static Container Create(bool isPortable = false)
    {
        var image = Environment.GetEnvironmentVariable(ImageVariable);
        if (string.IsNullOrEmpty(image))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
            throw new InvalidOperationException(Advice);
        }

        return new Container(isPortable ? $"{image}-portable" : image);
    }

    /// <summary>Gives it a site's configuration and secrets to read, and a folder of its own for its state.</summary>
    public async Task<Container> MountAsync(Site site)
    {
        var state = Directory.CreateDirectory(site.At("state")).FullName;
        var settings = site.At("keyrotator.yaml");
        var text = await File.ReadAllTextAsync(settings, Token);
        await File.WriteAllTextAsync(
            settings, text.Replace("sqlite:keyrotator.db", "sqlite:/var/lib/keyrotator/keyrotator.db", StringComparison.Ordinal), Token);
        await Tool.ReadAsync("chown", ["-R", User, site.Folder], Token);
        _options.AddRange(["-v", $"{site.Folder}:/etc/keyrotator:ro", "-v", $"{state}:/var/lib/keyrotator", "--env", "HOOK_SECRET"]);
        _variables["HOOK_SECRET"] = site.Receiver.Secret;
        return this;
    }

    /// <summary>Gives it a variable.</summary>
    public Container With(string variable, string value)
    {
        _options.AddRange(["--env", variable]);
        _variables[variable] = value;
        return this;
    }

    /// <summary>Runs a verb to its end, within the time that the test has.</summary>
    public Task<Ended> RunAsync(params string[] verb) =>
        PodmanAsync([.. s_locked, "--no-healthcheck", "--name", _name, .. _options, Image, .. verb], Timeout.InfiniteTimeSpan);

    /// <summary>Runs another verb in the container that runs.</summary>
    public Task<Ended> ExecAsync(params string[] command) => PodmanAsync(["--runtime", "runc", "exec", _name, .. command]);

    /// <summary>Asks it to stop, as Docker and Kubernetes do, with 30 seconds before it is killed.</summary>
    public Task<Ended> StopAsync() => PodmanAsync(["--runtime", "runc", "stop", "--time", "30", _name]);

    /// <summary>What its process looks like from outside: <c>/proc/PID/FILE</c>.</summary>
    public async Task<string> ProcessAsync(string file)
    {
        var pid = await Tool.ReadAsync("podman", ["inspect", "--format", "{{.State.Pid}}", _name], Token);
        return await File.ReadAllTextAsync($"/proc/{pid.Trim()}/{file}", Token);
    }

    public async ValueTask DisposeAsync() => await Tool.RunAsync("podman", ["rm", "--force", "--ignore", _name], CancellationToken.None);

    private Task<Ended> PodmanAsync(IEnumerable<string> arguments, TimeSpan? within = null) =>
        Tool.RunAsync("podman", arguments, Token, _variables, within);
}
