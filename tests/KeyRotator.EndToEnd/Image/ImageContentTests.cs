using System.Reflection.PortableExecutable;
using System.Text.Json;
using KeyRotator.EndToEnd.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.EndToEnd.Image;

/// <summary>What is in the image, and what never gets there.</summary>
public sealed class ImageContentTests
{
    private const string BuilderLabel = "io.buildah.version"; // who builds with it gets it, asked for or not

    private static readonly string[] s_program = [".dll", ".json", ""];
    private static readonly string[] s_labels = ["base.name", "description", "licenses", "revision", "title", "version"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Image_Settings_AreThose()
    {
        await using var container = Container.Create();
        using var inspected = JsonDocument.Parse(await Tool.ReadAsync("podman", ["image", "inspect", container.Image], Token));

        var image = inspected.RootElement[0];
        var config = image.GetProperty("Config");
        config.GetProperty("User").GetString().ShouldBe("1654:1654");
        Texts(config, "Entrypoint").ShouldBe(["keyrotator"]);
        Texts(config, "Cmd").ShouldBe(["run"]);
        config.GetProperty("Volumes").EnumerateObject().Select(volume => volume.Name).ShouldBe(["/var/lib/keyrotator"]);
        config.GetProperty("ExposedPorts").EnumerateObject().Select(port => port.Name).ShouldBe(["8080/tcp"]);
        config.GetProperty("StopSignal").GetString().ShouldBe("SIGTERM");
        Texts(config, "Env").Where(entry => !entry.StartsWith("PATH=", StringComparison.Ordinal)).ShouldBe(
            ["APP_UID=1654", "DOTNET_EnableDiagnostics=0", "KEYROTATOR_LISTEN=0.0.0.0:8080"]);
        Texts(image.GetProperty("Healthcheck"), "Test").ShouldBe(["CMD", "keyrotator", "health"]);
        config.GetProperty("Labels").EnumerateObject().Select(label => label.Name).Where(label => label != BuilderLabel).ShouldBe(
            s_labels.Select(label => $"org.opencontainers.image.{label}"), ignoreOrder: true);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Image_Files_AreTheProgramAlone(bool isPortable)
    {
        await using var container = Container.Create(isPortable);
        var name = $"keyrotator-{Guid.NewGuid():N}";
        var folder = Directory.CreateTempSubdirectory("keyrotator-image-");
        try
        {
            await Tool.ReadAsync("podman", ["--runtime", "runc", "create", "--pull", "never", "--name", name, container.Image], Token);
            await Tool.ReadAsync("podman", ["cp", $"{name}:/opt/keyrotator", folder.FullName], Token);
            await Tool.ReadAsync("podman", ["cp", $"{name}:/etc/keyrotator", Path.Combine(folder.FullName, "etc")], Token);

            var files = folder.EnumerateFiles("*", SearchOption.AllDirectories).ToList();
            files.Select(file => file.Name).ShouldContain("keyrotator");
            files.ShouldAllBe(file => s_program.Contains(file.Extension) && (file.UnixFileMode & UnixFileMode.OtherWrite) == 0);
            files.Select(file => file.Name).Where(file => file.StartsWith("appsettings", StringComparison.Ordinal)).ShouldBeEmpty();
            files.Where(IsOfAnArchitecture).Any().ShouldBe(!isPortable);
        }
        finally
        {
            folder.Delete(recursive: true);
            await Tool.RunAsync("podman", ["rm", "--force", "--ignore", name], CancellationToken.None);
        }
    }

    [Fact(Timeout = 300_000)]
    public async Task Context_Folder_GivesTheBuildItsSourcesOnly()
    {
        await using var container = Container.Create();
        var name = $"localhost/keyrotator-context:{Guid.NewGuid():N}";
        var folder = Directory.CreateTempSubdirectory("keyrotator-context-");
        string[] secrets =
            [".git/config", ".env", "keyrotator.yaml", "src/keyrotator.yaml", "src/.env", "src/a.db", "src/a.db-wal", "src/store.key",
            "src/KeyRotator/secrets.enc", "src/KeyRotator/tls.pem", "src/KeyRotator/bin/a.dll", "src/KeyRotator/obj/a.json", "tests/A.cs",
            "charts/values.yaml", "README.md"];
        string[] sources = [".editorconfig", "src/publish.sh", "src/LICENSE", "src/KeyRotator/Program.cs"];
        try
        {
            secrets.Concat(sources).ToList().ForEach(file => Write(folder, file));
            File.Copy(Repository(".dockerignore"), Path.Combine(folder.FullName, ".dockerignore"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Dockerfile"), "FROM scratch\nCOPY . /context\n", Token);
            await Tool.ReadAsync("buildah", ["bud", "--isolation", "chroot", "-q", "-t", name, folder.FullName], Token);
            var created = (await Tool.ReadAsync("podman", ["--runtime", "runc", "create", name, "none"], Token)).Trim();
            var copy = Path.Combine(folder.FullName, "copy");
            await Tool.ReadAsync("podman", ["cp", $"{created}:/context", copy], Token);

            Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(copy, file))
                .ShouldBe(sources, ignoreOrder: true);
        }
        finally
        {
            folder.Delete(recursive: true);
            await Tool.RunAsync("podman", ["rmi", "--force", name], CancellationToken.None);
        }
    }

    // A native program, or one that was compiled ahead.
    private static bool IsOfAnArchitecture(FileInfo file)
    {
        using var content = file.OpenRead();
        if (file.Extension != ".dll")
        {
            return content.ReadByte() == 0x7f; // as ELF begins
        }

        using var reader = new PEReader(content);
        return reader.PEHeaders.CorHeader is not { ManagedNativeHeaderDirectory.Size: 0 } header || !header.Flags.HasFlag(CorFlags.ILOnly);
    }

    private static void Write(DirectoryInfo folder, string file)
    {
        var path = Path.Combine(folder.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "made up\n");
    }

    // The repository that this test was built in.
    private static string Repository(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KeyRotator.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? "/", file);
    }

    private static IEnumerable<string> Texts(JsonElement element, string member) =>
        element.GetProperty(member).EnumerateArray().Select(entry => entry.GetString() ?? "");
}
