using KeyRotator.State;

namespace KeyRotator.Alerts;

/// <summary>Attempts that are counted together.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Result">How they ended: <c>delivered</c>, <c>retried</c> or <c>given_up</c>.</param>
internal readonly record struct AttemptKind(string Channel, string Result)
{
    /// <summary>Where an attempt counts.</summary>
    public static AttemptKind Of(string channel, DeliveryRecord record) => new(channel, record switch
    {
        { Outcome: DeliveryOutcome.Delivered } => "delivered",
        { NextAttemptAt: not null } => "retried",
        _ => "given_up",
    });
}

/// <summary>What a drain did.</summary>
/// <param name="Delivered">Messages that their receivers have.</param>
/// <param name="Failed">Attempts that failed and are made again.</param>
/// <param name="GivenUp">Messages that will not be delivered.</param>
internal sealed record DrainResult(int Delivered, int Failed, int GivenUp)
{
    /// <summary>Nothing was done.</summary>
    public static DrainResult Nothing { get; } = new(0, 0, 0);

    /// <summary>One attempt that ended so.</summary>
    public static DrainResult Of(DeliveryRecord record) => record switch
    {
        { Outcome: DeliveryOutcome.Delivered } => new(1, 0, 0),
        { NextAttemptAt: not null } => new(0, 1, 0),
        _ => new(0, 0, 1),
    };

    /// <summary>Both together.</summary>
    public DrainResult Plus(DrainResult other) => new(Delivered + other.Delivered, Failed + other.Failed, GivenUp + other.GivenUp);
}
