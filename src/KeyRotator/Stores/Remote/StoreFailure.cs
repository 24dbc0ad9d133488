using System.Net;
using KeyRotator.Metrics;

namespace KeyRotator.Stores.Remote;

/// <summary>Counts and times requests to stores. What asks for a secret that is not there, or loses a race, has not failed.</summary>
internal static class StoreFailure
{
    private const string Unreachable = "unreachable";
    private const string Throttled = "throttled";
    private const string Denied = "denied";
    private const string ServerError = "server_error";

    /// <summary>Why a request can fail.</summary>
    public static string[] Causes { get; } = [Unreachable, Throttled, Denied, ServerError];

    /// <summary>Takes note of an answer.</summary>
    public static void Note(string store, HttpStatusCode status)
    {
        var cause = (int)status switch
        {
            429 => Throttled,
            401 or 403 => Denied,
            >= 500 => ServerError,
            _ => null,
        };
        if (cause is not null)
        {
            Add(store, cause);
        }
    }

    /// <summary>Takes note of a request without a whole answer.</summary>
    public static void NoteUnreachable(string store) => Add(store, Unreachable);

    /// <summary>Takes note of how long a request took, whatever came of it.</summary>
    public static void NoteDuration(string store, TimeSpan duration) =>
        Instruments.StoreDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("store", store));

    private static void Add(string store, string cause) => Instruments.StoreFailures.Add(1, new("store", store), new("cause", cause));
}
