using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KeyRotator.EndToEnd.Support;

/// <summary>Takes metrics by OTLP over HTTP, on loopback.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpRequest> _requests = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>What it answers; null: nothing, for ever.</summary>
    public int? Status { get; set; } = 200;

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>What came, oldest first.</summary>
    public IReadOnlyList<OtlpRequest> Requests => [.. _requests];

    /// <summary>All metrics that came.</summary>
    public IReadOnlyList<OtlpMetric> Metrics => [.. _requests.SelectMany(request => OtlpDecoder.Read(request.Body))];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.Run(receiver.AnswerAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _requests.Enqueue(new(context.Request.Path, context.Request.Headers["x-token"].ToString(), body.ToArray()));
        if (Status is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        await _release.Task.WaitAsync(context.RequestAborted);
    }
}

/// <summary>One request.</summary>
internal sealed record OtlpRequest(string Path, string Token, byte[] Body);

/// <summary>One value, or one histogram's count.</summary>
/// <param name="Service">Attributes of the resource, as <c>name=value</c>.</param>
/// <param name="Name">The metric's name.</param>
/// <param name="Unit">The metric's unit.</param>
/// <param name="Attributes">As <c>name=value</c>, in their order.</param>
/// <param name="Value">The value.</param>
internal sealed record OtlpMetric(IReadOnlyList<string> Service, string Name, string Unit, IReadOnlyList<string> Attributes, double Value)
{
    /// <summary>Whether it is told as a sum, not as a value or a histogram.</summary>
    public bool IsSum { get; init; }
}
