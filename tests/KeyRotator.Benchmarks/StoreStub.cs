using System.Buffers;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KeyRotator.Benchmarks;

/// <summary>AWS, GCP and Vault in one server, with as many secrets as is wanted: reads and AWS's listing, nothing else. Counts what it is
/// asked.</summary>
internal sealed class StoreStub(int keys) : IHttpApplication<IFeatureCollection>
{
    public const string Verb = "store-stub";
    public const string Region = "eu-central-1";
    public const string Project = "keys-bench";
    public const string Mount = "secret";

    private const int PageSize = 100;
    private const string GcpStart = $"/v1/projects/{Project}/secrets/";
    private const string VaultStart = $"/v1/{Mount}/data/";
    private int _calls;

    /// <summary>Prints the address and serves until stdin ends.</summary>
    public static async Task<int> RunAsync(BenchmarkOptions options)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Listen(IPAddress.Loopback, 0);
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        using var server = new KestrelServer(Options.Create(kestrel), transport, NullLoggerFactory.Instance);
        await server.StartAsync(new StoreStub(options.Number("keys", 5_000)), CancellationToken.None);
        Console.WriteLine(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        using var sent = new MemoryStream();
        await request.Body.CopyToAsync(sent);
        var body = Answer(request, sent);
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = body is null ? 404 : 200;
        response.Headers.ContentType = request.Method == "POST" ? "application/x-amz-json-1.1" : "application/json";
        response.Headers.ContentLength = body?.WrittenCount ?? 0;
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body?.WrittenMemory ?? default);
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    private ArrayBufferWriter<byte>? Answer(IHttpRequestFeature request, MemoryStream sent)
    {
        if (request.Path == "/calls")
        {
            var text = new ArrayBufferWriter<byte>();
            text.Write(Encoding.ASCII.GetBytes(_calls.ToString(CultureInfo.InvariantCulture)));
            return text;
        }

        Interlocked.Increment(ref _calls);
        return request switch
        {
            { Method: "POST" } => Aws(request.Headers["X-Amz-Target"].ToString(), sent),
            _ when request.Path.StartsWith(GcpStart, StringComparison.Ordinal) => Gcp(request.Path[GcpStart.Length..].Split('/')[0]),
            _ when request.Path.StartsWith(VaultStart, StringComparison.Ordinal) => Vault(request.Path[VaultStart.Length..]),
            _ => null,
        };
    }

    private ArrayBufferWriter<byte>? Aws(string target, MemoryStream sent)
    {
        using var call = JsonDocument.Parse(sent.GetBuffer().AsMemory(0, (int)sent.Length));
        return target switch
        {
            "secretsmanager.BatchGetSecretValue" => Write(json => WriteBatch(json, call.RootElement)),
            "secretsmanager.ListSecrets" => Write(json => WritePage(json, call.RootElement)),
            _ => null,
        };
    }

    private static void WriteBatch(Utf8JsonWriter json, JsonElement call)
    {
        json.WriteStartArray("SecretValues");
        foreach (var name in call.GetProperty("SecretIdList").EnumerateArray().Select(name => name.GetString()!))
        {
            json.WriteStartObject();
            json.WriteString("ARN", ArnOf(name));
            json.WriteString("Name", name);
            json.WriteString("VersionId", VersionOf(name));
            json.WriteString("SecretString", ValueOf(name));
            json.WriteStartArray("VersionStages");
            json.WriteStringValue("AWSCURRENT");
            json.WriteEndArray();
            json.WriteNumber("CreatedDate", 1785542400.123);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("Errors");
        json.WriteEndArray();
    }

    private void WritePage(Utf8JsonWriter json, JsonElement call)
    {
        var from = call.TryGetProperty("NextToken", out var next) ? int.Parse(next.GetString()!, CultureInfo.InvariantCulture) : 1;
        var to = Math.Min(from + PageSize - 1, keys);
        json.WriteStartArray("SecretList");
        foreach (var name in Enumerable.Range(from, to - from + 1).Select(StoreFolder.Name))
        {
            json.WriteStartObject();
            json.WriteString("ARN", ArnOf(name));
            json.WriteString("Name", name);
            json.WriteStartObject("SecretVersionsToStages");
            json.WriteStartArray(VersionOf(name));
            json.WriteStringValue("AWSCURRENT");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (to < keys)
        {
            json.WriteString("NextToken", (to + 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static ArrayBufferWriter<byte> Gcp(string name) => Write(json =>
    {
        var value = Encoding.UTF8.GetBytes(ValueOf(name));
        var checksum = ~value.Aggregate(~0u, BitOperations.Crc32C);
        json.WriteString("name", $"projects/123456/secrets/{name}/versions/1");
        json.WriteStartObject("payload");
        json.WriteBase64String("data", value);
        json.WriteString("dataCrc32c", checksum.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
    });

    private static ArrayBufferWriter<byte> Vault(string name) => Write(json =>
    {
        json.WriteStartObject("data");
        json.WriteStartObject("data");
        json.WriteString("value", ValueOf(name));
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("created_time", "2026-11-01T10:00:00.123456789Z");
        json.WriteNull("custom_metadata");
        json.WriteString("deletion_time", "");
        json.WriteBoolean("destroyed", false);
        json.WriteNumber("version", 1);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static ArrayBufferWriter<byte> Write(Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return body;
    }

    private static string ArnOf(string name) => $"arn:aws:secretsmanager:{Region}:123456789012:secret:{name}-a1B2c3";

    private static string VersionOf(string name) => $"00000000-0000-4000-8000-00000{name[^7..]}";

    private static string ValueOf(string name) => BenchKeys.Create(int.Parse(name[^7..], CultureInfo.InvariantCulture));
}
