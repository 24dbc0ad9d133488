using System.Net;
using System.Security.Cryptography.X509Certificates;
using KeyRotator.Configuration;
using KeyRotator.Stores;
using KeyRotator.Stores.Remote;
using KeyRotator.Tests.Support;
using Shouldly;
using Xunit;

namespace KeyRotator.Tests.Stores;

/// <summary>The sender of every remote store against servers that do not behave.</summary>
public sealed class StoreClientTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
    private const string Busy = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n";
    private const string Down = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    private readonly ManualClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Answer_IsGivenWhole()
    {
        await using var server = HostileServer.Answering(Ok);

        using var answer = await SendAsync(server.Url);

        (answer.Status, answer.IsSuccess, answer.MediaType).ShouldBe((HttpStatusCode.OK, true, "application/json"));
        answer.Body.ToArray().ShouldBe("{}"u8.ToArray());
        server.Requests.Single().ShouldContain("User-Agent: KeyRotator/");
    }

    [Theory]
    [InlineData(Busy, false, 2, "429 says that nothing was done")]
    [InlineData(Busy, true, 2, "and a read is repeated too")]
    [InlineData(Down, true, 2, "a read is repeated")]
    [InlineData(Down, false, 1, "a write that may have happened is not")]
    public async Task Send_ServerAsksForPatience_IsRepeatedWhereThatIsSafe(string first, bool isRepeatable, int requests, string why)
    {
        await using var server = HostileServer.Answering(first, Ok);

        using var answer = await SendAsync(server.Url, isRepeatable);

        answer.IsSuccess.ShouldBe(requests == 2, why);
        server.Requests.Count.ShouldBe(requests, why);
    }

    [Theory]
    [InlineData("5", 2, "five seconds are waited for")]
    [InlineData("60", 1, "a minute is left to the next pass")]
    public async Task Send_RetryAfter_IsHonouredWithinBounds(string seconds, int requests, string why)
    {
        await using var server = HostileServer.Answering(
            Busy.Replace("\r\n\r\n", $"\r\nRetry-After: {seconds}\r\n\r\n", StringComparison.Ordinal), Ok);
        var before = _clock.GetUtcNow();

        using var answer = await SendAsync(server.Url);

        server.Requests.Count.ShouldBe(requests, why);
        (_clock.GetUtcNow() - before).ShouldBe(TimeSpan.FromSeconds(requests == 2 ? 5 : 0), why);
    }

    [Fact]
    public async Task Send_BusyForEver_GivesTheLastAnswer()
    {
        await using var server = HostileServer.Answering(Busy);

        using var answer = await SendAsync(server.Url);

        answer.Status.ShouldBe(HttpStatusCode.TooManyRequests);
        server.Requests.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, 1)]
    public async Task Send_ConnectionBreaksOff_MayHaveHappened(bool isRepeatable, int requests)
    {
        await using var server = HostileServer.Start(connection => connection.ReadRequestAsync());

        var fault = await Should.ThrowAsync<StoreUnreachableException>(() => SendAsync(server.Url, isRepeatable));

        (fault.MayHaveHappened, fault.IsTransient).ShouldBe((true, true));
        server.Requests.Count.ShouldBe(requests);
    }

    [Fact]
    public async Task Send_NobodyListens_HasNotHappened()
    {
        var gone = new Uri($"http://127.0.0.1:{FreePort.Find()}");

        var fault = await Should.ThrowAsync<StoreUnreachableException>(() => SendAsync(gone, isRepeatable: false));

        fault.MayHaveHappened.ShouldBeFalse();
        fault.Message.ShouldBe($"Store prod: write of prod:llm failed: The connection was refused: {gone.Authority}.");
    }

    [Fact]
    public async Task Send_ServerHangs_EndsInTime()
    {
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await connection.HangAsync();
        });
        using var client = Client(server.Url);

        var sending = client.SendAsync(Call(server.Url, isRepeatable: false), Token);
        await server.ReceivedAsync(Token);
        _clock.Advance(StoreClient.Timeout);

        (await Should.ThrowAsync<StoreUnreachableException>(sending)).Message.ShouldContain("No answer came in time: localhost:");
    }

    [Theory]
    [InlineData("Content-Length: 5000000")]
    [InlineData("Connection: close")]
    public async Task Send_EndlessBody_IsRefused(string header)
    {
        await using var server = HostileServer.Start(async connection =>
        {
            await connection.AnswerAsync($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n");
            await connection.SendForEverAsync(new string('x', 65_536));
        });

        var fault = await Should.ThrowAsync<SecretStoreException>(() => SendAsync(server.Url));

        fault.Message.ShouldContain("larger than any secret");
        fault.Message.ShouldNotContain("xxx");
        fault.IsTransient.ShouldBeFalse();
    }

    [Fact]
    public async Task Send_Redirect_IsNotFollowed()
    {
        await using var elsewhere = HostileServer.Answering(Ok);
        await using var server = HostileServer.Answering(
            $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere.Url}\r\nContent-Length: 0\r\n\r\n");

        var fault = await Should.ThrowAsync<SecretStoreException>(() => SendAsync(server.Url));

        fault.Message.ShouldContain("redirects");
        elsewhere.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_PrivateAuthority_IsTrustedWhereItIsNamed(bool isNamed)
    {
        using var folder = new TempFolder();
        using var made = Certificates.SelfSigned();
        var file = Path.Combine(folder.Path, "ca.pem");
        await File.WriteAllTextAsync(file, made.ExportCertificatePem(), Token);
        var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var server = HostileServer.StartTls(certificate, connection => connection.AnswerEachAsync(Ok));
        using var client = Client(server.Url, options => isNamed ? options with { AuthorityFile = file } : options);

        var sending = Drive.UntilDone(client.SendAsync(Call(server.Url, isRepeatable: true), Token), _clock);

        if (isNamed)
        {
            using var answer = await sending;
            answer.IsSuccess.ShouldBeTrue();
            return;
        }

        (await Should.ThrowAsync<StoreUnreachableException>(sending)).Message.ShouldContain(
            "is from no trusted authority. A private authority is named with `ca`.");
    }

    [Fact]
    public async Task Send_AuthorityFileIsNone_SaysSoAndReadsItAgain()
    {
        using var folder = new TempFolder();
        var canary = new Canary();
        var file = Path.Combine(folder.Path, "ca.pem");
        await File.WriteAllTextAsync(file, $"-----BEGIN CERTIFICATE-----\n{canary.Text}\n-----END CERTIFICATE-----\n", Token);
        await using var server = HostileServer.Answering(Ok);
        using var client = Client(server.Url, options => options with { CertificateFile = file });

        var fault = await Should.ThrowAsync<SecretStoreException>(() => client.SendAsync(Call(server.Url, isRepeatable: true), Token));
        using var made = Certificates.SelfSigned();
        await File.WriteAllTextAsync(
            file, $"{made.ExportCertificatePem()}\n{made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n", Token);

        fault.Message.ShouldContain("`clientCertificate`");
        canary.ShouldBeAbsentFrom(fault.ToString());
        using var answer = await client.SendAsync(Call(server.Url, isRepeatable: true), Token);
        answer.IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Meter_Repeats_AreCountedAsWhatTheyAre()
    {
        await using var server = HostileServer.Answering(Busy, Ok, Down);
        using var client = Client(server.Url);
        var call = Call(server.Url, isRepeatable: false);

        (await Drive.UntilDone(client.SendAsync(call, Token), _clock)).Dispose();
        (await Drive.UntilDone(client.SendAsync(call with { Kind = StoreRequestKind.Write }, Token), _clock)).Dispose();

        client.Meter.Total.ShouldBe(new StoreRequests(Reads: 2, Lists: 0, Writes: 1));
    }

    [Fact]
    public void Meter_ManyThreads_LoseNothing()
    {
        var meter = new StoreMeter();

        Parallel.For(0, 30_000, number => meter.Count((StoreRequestKind)(number % 3)));

        meter.Total.ShouldBe(new StoreRequests(10_000, 10_000, 10_000));
    }

    [Fact]
    public void Buffer_Grown_HoldsAllBytes()
    {
        using var buffer = new SecretBuffer();
        var text = Enumerable.Range(0, 10_000).Select(number => (byte)number).ToArray();
        foreach (var part in text)
        {
            buffer.Free().Span[0] = part;
            buffer.Advance(1);
        }

        buffer.ToArray().ShouldBe(text);
    }

    private static StoreCall Call(Uri address, bool isRepeatable) =>
        new("write", new() { Store = "prod", Name = "llm" }, () => Request(address))
        {
            Kind = StoreRequestKind.Read,
            IsRepeatable = isRepeatable,
        };

    // With content: what has none, the framework sends again by itself when a connection breaks off.
    private static HttpRequestMessage Request(Uri address) =>
        new(HttpMethod.Post, address) { Content = new ByteArrayContent("{}"u8.ToArray()) };

    private StoreClient Client(Uri address, Func<AwsStoreOptions, AwsStoreOptions>? edit = null)
    {
        var options = new AwsStoreOptions { Address = address };
        return new StoreClient(new StoreSettings { Name = "prod", Kind = "aws", Options = edit?.Invoke(options) ?? options }, _clock);
    }

    private async Task<StoreAnswer> SendAsync(Uri address, bool isRepeatable = true)
    {
        using var client = Client(address);
        return await Drive.UntilDone(client.SendAsync(Call(address, isRepeatable), Token), _clock);
    }
}
