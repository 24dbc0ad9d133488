using KeyRotator.State;
using KeyRotator.Tests.State;
using KeyRotator.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgresForAll))]

namespace KeyRotator.Tests.State;

/// <summary>One server for all tests that need nothing but a schema; started by the first of them.</summary>
public sealed class PostgresForAll : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> s_server = new(() => PostgresServer.StartAsync());

    public static Task<PostgresServer> ServerAsync() => s_server.Value;

    public async ValueTask DisposeAsync()
    {
        if (s_server is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } server })
        {
            await (await server).DisposeAsync();
        }
    }
}

/// <summary>A schema of its own on a real server.</summary>
public sealed class PostgresTestEngine : ITestEngine
{
    private PostgresServer? _server;
    private PostgresAddress? _address;

    public IReadOnlyList<string> LiftingTheAudit { get; } = ["DROP TRIGGER audit_guard ON audit"];

    public string DurabilityQuery { get; } = "SHOW synchronous_commit";

    public string Durable { get; } = "on";

    public async Task<StateDatabase> OpenAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        _server = await PostgresForAll.ServerAsync();
        _address ??= await _server.SchemaAsync(cancellationToken);
        return await StateDatabase.ConnectAsync(_address, time, cancellationToken);
    }

    public void Dispose()
    {
        if (_address is { } address)
        {
            _server!.RunAsync($"DROP SCHEMA {address.Schema} CASCADE", CancellationToken.None).GetAwaiter().GetResult();
        }
    }
}
