namespace KeyRotator.Alerts;

/// <summary>A kind of receiver. Pure: it builds the request and reads the answer; <c>AlertDispatcher</c> sends.</summary>
public interface IAlertChannel
{
    /// <summary>The kind that configuration names, lower case, unique.</summary>
    string Kind { get; }

    /// <summary>Where messages go unless configuration says otherwise; null where it must say.</summary>
    Uri? DefaultUrl => null;

    /// <summary>Whether it keeps an incident for each finding, so that several of them in one message would never be resolved.</summary>
    bool TakesOneFindingEach => false;

    /// <summary>Builds the request for one message. Built anew for every attempt: signatures carry the time.</summary>
    HttpRequestMessage CreateRequest(Alert alert, ChannelSettings channel, DateTimeOffset now);

    /// <summary>Reads an answer's status and the first bytes of its body. Redirects and transport failures never get here.</summary>
    DeliveryOutcome ReadAnswer(int status, ReadOnlySpan<byte> body);
}

/// <summary>What became of one attempt.</summary>
public enum DeliveryOutcome
{
    /// <summary>Not delivered; worth trying again.</summary>
    Retry = 0,

    /// <summary>The receiver has it.</summary>
    Delivered,

    /// <summary>The receiver will never take this message.</summary>
    Refused,

    /// <summary>The receiver asks for no more messages at all.</summary>
    Gone,
}
