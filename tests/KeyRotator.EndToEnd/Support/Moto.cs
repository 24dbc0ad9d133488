using System.Diagnostics;
using Amazon.Runtime;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Stores.Auth;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>AWS Secrets Manager as no one here wrote it: moto's server, on loopback.</summary>
internal sealed class Moto : IAsyncDisposable
{
    private const string Account = "AKIDEXAMPLE";
    private const string Password = "made-up-for-a-test";
    private const string Region = "eu-central-1";
    private const string PathVariable = "KEYROTATOR_MOTO";
    private const string Advice =
        $"{PathVariable} names no file. Get it with: python3 -m venv DIR && DIR/bin/pip install 'moto[server]==5.2.1'; "
        + $"then set {PathVariable}=DIR/bin/moto_server";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Process _process;
    private readonly Uri _address;

    private Moto(Process process, Uri address) => (_process, _address) = (process, address);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What a process needs in its environment to be let in.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = Account, ["AWS_SECRET_ACCESS_KEY"] = Password };

    /// <summary>A store's entry in the configuration.</summary>
    public string Entry => $"{{ kind: aws, region: {Region}, endpoint: \"{_address}\" }}";

    /// <summary>Starts it, or skips the test where it is not there; where peers are required, fails.</summary>
    public static async Task<Moto> StartAsync()
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo(Locate(), ["-H", "127.0.0.1", "-p", $"{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var moto = new Moto(process, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await Eventually.TrueAsync(moto.IsReadyAsync, "moto answers", Token);
        }
        catch
        {
            await moto.DisposeAsync();
            throw;
        }

        return moto;
    }

    /// <summary>The store as a reader of its own sees it.</summary>
    public AwsSecretsManagerStore Open(string name)
    {
        var options = new AwsStoreOptions { Address = _address, Region = Region };
        var settings = new StoreSettings { Name = name, Kind = "aws", Options = options };
        var keys = new BasicAWSCredentials(Account, Password);
        return new(settings, TimeProvider.System, new AwsAccess(options, _ => null, TimeProvider.System, keys));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _http.Dispose();
    }

    private static string Locate()
    {
        if (System.Environment.GetEnvironmentVariable(PathVariable) is { } path && File.Exists(path))
        {
            return path;
        }

        Assert.SkipUnless(System.Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(_address, "/moto-api/data.json"), Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
