using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Amazon.Runtime;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>AWS as no one here wrote it: moto's server, on loopback, which checks signatures and policies.</summary>
public sealed class AwsPeer : IAsyncDisposable
{
    public const string Region = "eu-central-1";

    private const string PathVariable = "KEYROTATOR_MOTO";
    private const string Advice =
        $"{PathVariable} names no file. Get it with: python3 -m venv DIR && DIR/bin/pip install 'moto[server]==5.2.1'; "
        + $"then set {PathVariable}=DIR/bin/moto_server";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private Process? _process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:9");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it where it does not run yet, and empties it; skips the test where it is not there. Where peers are required,
    /// fails.</summary>
    public async Task ResetAsync()
    {
        if (_process is null)
        {
            await StartAsync(Locate());
        }

        await PostAsync("/moto-api/reset-auth", "1000000");
        await PostAsync("/moto-api/reset", "");
        await PostAsync("/moto-api/reset-auth", "1000000");
    }

    /// <summary>From now on signatures and policies are checked.</summary>
    public Task EnforceAsync() => PostAsync("/moto-api/reset-auth", "0");

    /// <summary>Adds a secret.</summary>
    public async Task AddAsync(string name, string text)
    {
        var body = JsonSerializer.Serialize(new { Name = name, SecretString = text, ClientRequestToken = Guid.NewGuid() });
        using var request = Request("secretsmanager", new StringContent(body, new MediaTypeHeaderValue("application/x-amz-json-1.1")));
        request.Headers.Add("X-Amz-Target", "secretsmanager.CreateSecret");
        using var answer = await _http.SendAsync(request, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Adds a user whose policy allows these actions on these resources.</summary>
    public async Task<AWSCredentials> AddUserAsync(string policy)
    {
        await CallAsync("iam", "2010-05-08", "CreateUser", ("UserName", "rotator"));
        await CallAsync("iam", "2010-05-08", "PutUserPolicy", ("UserName", "rotator"), ("PolicyName", "p"), ("PolicyDocument", policy));
        var keys = await CallAsync("iam", "2010-05-08", "CreateAccessKey", ("UserName", "rotator"));
        return new BasicAWSCredentials(Text(keys, "AccessKeyId"), Text(keys, "SecretAccessKey"));
    }

    /// <summary>Adds a role that anybody may assume, whose policy allows these actions.</summary>
    public async Task<string> AddRoleAsync(string policy)
    {
        var trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}""";
        var role = await CallAsync("iam", "2010-05-08", "CreateRole", ("RoleName", "reader"), ("AssumeRolePolicyDocument", trust));
        await CallAsync("iam", "2010-05-08", "PutRolePolicy", ("RoleName", "reader"), ("PolicyName", "p"), ("PolicyDocument", policy));
        return Text(role, "Arn");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }
    }

    private async Task StartAsync(string path)
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo(path, ["-H", "127.0.0.1", "-p", $"{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = new($"http://127.0.0.1:{port}");
        while (!await IsReadyAsync())
        {
            Assert.False(_process.HasExited, $"{path} did not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(Address, "/moto-api/data.json"), Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "text/plain");
        using var answer = await _http.PostAsync(new Uri(Address, path), content, Token);
        Assert.True(answer.IsSuccessStatusCode, path);
    }

    private async Task<XDocument> CallAsync(string service, string version, string action, params (string Key, string Value)[] parameters)
    {
        var form = parameters.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))
            .Append(KeyValuePair.Create("Action", action)).Append(KeyValuePair.Create("Version", version));
        using var request = Request(service, new FormUrlEncodedContent(form));
        using var answer = await _http.SendAsync(request, Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, text);
        return XDocument.Parse(text);
    }

    // Not checked before EnforceAsync; moto finds the service in it.
    private HttpRequestMessage Request(string service, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address) { Content = content };
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential=setup/20260101/{Region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
        return request;
    }

    private static string Text(XDocument answer, string element) =>
        answer.Descendants().First(node => node.Name.LocalName == element).Value;

    private static string Locate()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { } path && File.Exists(path))
        {
            return path;
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable("KEYROTATOR_REQUIRE_PEERS") == "1", Advice);
        throw new InvalidOperationException(Advice);
    }
}
