using System.Net;
using System.Text.Json;

namespace KeyRotator.Tests.Alerts;

/// <summary>How a receiver treats a message.</summary>
public enum ReceiverFault
{
    /// <summary>It takes it.</summary>
    None = 0,

    /// <summary>It answers 503 and does not take it.</summary>
    Busy,

    /// <summary>The connection is refused.</summary>
    Down,

    /// <summary>It takes it, and answers when nobody listens any more.</summary>
    Late,

    /// <summary>It takes it, and the sender is killed before it can note that.</summary>
    Kill,
}

/// <summary>A receiver that keeps account of what it was told, as one does that remembers ids.</summary>
internal sealed class ToldReceiver
{
    private readonly HashSet<string> _known = [];
    private readonly Queue<ReceiverFault> _faults = new();

    /// <summary>What it took, repeats included: when, under which id, and the body.</summary>
    public List<(DateTimeOffset At, string? Id, JsonElement Body)> Taken { get; } = [];

    /// <summary>What it took, each id once.</summary>
    public IEnumerable<JsonElement> Messages =>
        Taken.DistinctBy(message => message.Id ?? message.Body.GetRawText()).Select(message => message.Body);

    /// <summary>How often it was told what it knew already.</summary>
    public int Repeats { get; private set; }

    /// <summary>How it treats everything that is not scripted.</summary>
    public ReceiverFault Always { get; set; }

    /// <summary>How it treats the next messages.</summary>
    public void Next(params IEnumerable<ReceiverFault> faults)
    {
        foreach (var fault in faults)
        {
            _faults.Enqueue(fault);
        }
    }

    /// <summary>Forgets the script.</summary>
    public void Recover()
    {
        _faults.Clear();
        Always = ReceiverFault.None;
    }

    /// <summary>One request.</summary>
    public HttpResponseMessage Take(string? id, string body, DateTimeOffset at)
    {
        var fault = _faults.TryDequeue(out var next) ? next : Always;
        if (fault is ReceiverFault.Down)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError);
        }

        if (fault is ReceiverFault.Busy)
        {
            return new(HttpStatusCode.ServiceUnavailable);
        }

        if (id is not null && !_known.Add(id))
        {
            Repeats++;
        }

        Taken.Add((at, id, JsonDocument.Parse(body).RootElement));
        return fault switch
        {
            ReceiverFault.Late => throw new OperationCanceledException("The answer came too late."),
            ReceiverFault.Kill => throw new KilledException(),
            _ => new(HttpStatusCode.Accepted) { Content = new ByteArrayContent([]) },
        };
    }

    /// <summary>The findings that are open, as far as it was told, by their ids: the greatest severity it heard last.</summary>
    public IReadOnlyDictionary<string, string> OpenFindings()
    {
        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var finding in Messages.SelectMany(message => message.GetProperty("data").GetProperty("findings").EnumerateArray()))
        {
            var id = finding.GetProperty("id").GetString()!;
            if (finding.GetProperty("resolvedAt").ValueKind is JsonValueKind.Null)
            {
                open[id] = finding.GetProperty("severity").GetString()!;
            }
            else
            {
                open.Remove(id);
            }
        }

        return open;
    }

    /// <summary>The incidents that are open, as PagerDuty keeps them.</summary>
    public IReadOnlySet<string> OpenIncidents()
    {
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var body in Taken.Select(message => message.Body))
        {
            var key = body.GetProperty("dedup_key").GetString()!;
            _ = body.GetProperty("event_action").GetString() == "resolve" ? open.Remove(key) : open.Add(key);
        }

        return open;
    }
}
