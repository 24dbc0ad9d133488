using System.Threading.Channels;

namespace KeyRotator.Validation;

/// <summary>The queues of one instance's pass: readings that wait for a probe, and observations that wait for the database. Both are
/// bounded, so that memory does not grow with the inventory and few values are in it at a time.</summary>
internal sealed class PassQueue(int readingsAhead, int observationsAhead)
{
    private readonly Channel<KeyReading> _readings = Channel.CreateBounded<KeyReading>(readingsAhead);
    private readonly Channel<Observation> _observations = Channel.CreateBounded<Observation>(
        new BoundedChannelOptions(observationsAhead) { SingleReader = true });

    // One for the producer, and one for every key that was put in and is not settled.
    private int _open = 1;

    /// <summary>Readings that wait for a probe.</summary>
    public ChannelReader<KeyReading> Readings => _readings.Reader;

    /// <summary>Observations that wait for the database.</summary>
    public ChannelReader<Observation> Observations => _observations.Reader;

    /// <summary>Puts a new key in.</summary>
    public ValueTask AddAsync(KeyReading reading, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _open);
        return _readings.Writer.WriteAsync(reading, cancellationToken);
    }

    /// <summary>Puts a key in that is not probed: only the clock moved on.</summary>
    public ValueTask AddSeenAsync(Observation observation, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _open);
        return _observations.Writer.WriteAsync(observation, cancellationToken);
    }

    /// <summary>Puts a key in again, to be confirmed.</summary>
    public ValueTask ReturnAsync(KeyReading reading, CancellationToken cancellationToken) =>
        _readings.Writer.WriteAsync(reading, cancellationToken);

    /// <summary>Hands an observation on.</summary>
    public ValueTask ObserveAsync(Observation observation, CancellationToken cancellationToken) =>
        _observations.Writer.WriteAsync(observation, cancellationToken);

    /// <summary>Says that one key is settled, or that the producer is done; the last one closes the queues.</summary>
    public void Settle()
    {
        if (Interlocked.Decrement(ref _open) == 0)
        {
            _readings.Writer.Complete();
            _observations.Writer.Complete();
        }
    }
}
