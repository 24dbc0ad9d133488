using System.Threading.Channels;
using KeyRotator.Keys;

namespace KeyRotator.Validation;

/// <summary>One pass over the keys of one provider instance: read, probe, record, confirm.</summary>
/// <remarks>Values stream: a chunk of keys is read ahead, probes run side by side, observations are committed in batches. A rejection is
/// recorded first and confirmed later in the same pass on a connection of its own, the pauses of many keys overlapping; after a kill the
/// next pass needs only the second answer.</remarks>
internal sealed class InstancePass(InstanceScope scope, CheckRecorder recorder, IProgress<PassStep> progress)
{
    private const int Chunk = 260; // whole batches of AWS's twenty
    private const int BatchSize = 128;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(30);

    private readonly PassQueue _queue = new(2 * Chunk, BatchSize);
    private readonly Channel<Pending> _pending = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TimeProvider _time = scope.Environment.Time;
    private readonly SlotGate _unrecorded = scope.Environment.Unrecorded;
    private int _waiting;

    /// <summary>Runs it to the end. Cancelled, it leaves whole keys only.</summary>
    public async Task RunAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] stages =
        [
            ReadAsync(keys, ending.Token),
            .. Enumerable.Range(0, scope.Environment.Concurrency).Select(_ => ProbeAsync(ending.Token)),
            RecordAsync(ending.Token),
            ConfirmAsync(ending.Token),
        ];
        await foreach (var stage in Task.WhenEach(stages).WithCancellation(CancellationToken.None))
        {
            if (!stage.IsCompletedSuccessfully)
            {
                await ending.CancelAsync();
            }
        }

        try
        {
            await Task.WhenAll(stages);
        }
        finally
        {
            Recorded(_waiting);
        }
    }

    private async Task ReadAsync(IReadOnlyList<ManagedKey> keys, CancellationToken cancellationToken)
    {
        foreach (var chunk in keys.Chunk(Chunk).TakeWhile(_ => !(_time.GetUtcNow() >= scope.EndsAt)))
        {
            var known = await scope.KnownAsync(chunk, cancellationToken);
            var due = new List<ManagedKey>(chunk.Length);
            foreach (var key in chunk)
            {
                if (scope.IsDue(key, known.Of(key)))
                {
                    due.Add(key);
                    continue;
                }

                await WaitToRecordAsync(cancellationToken);
                await _queue.AddSeenAsync(new Observation { Key = key, At = _time.GetUtcNow() }, cancellationToken);
            }

            // Where not all can be asked, those come first that nobody asked for longest.
            await ReadAsync([.. due.OrderBy(key => known.Of(key)?.ProbedAt)], known, cancellationToken);
        }

        _queue.Settle();
    }

    private async Task ReadAsync(List<ManagedKey> due, KnownKeys known, CancellationToken cancellationToken)
    {
        var secondaries = await scope.Secondaries.ReadAsync(due, known, cancellationToken);
        var unread = new List<int>(due.Count);
        for (var i = 0; i < due.Count; i++)
        {
            if (await scope.Looks.LookAsync(due[i], known.Of(due[i]), known.StatusOf(due[i]), cancellationToken) is not { } seen)
            {
                unread.Add(i);
                continue;
            }

            NoteRest(seen);
            scope.Locations.Spare(due[i].Primary);
            await WaitToRecordAsync(cancellationToken);
            await _queue.AddSeenAsync(seen with { Secondaries = secondaries[i] }, cancellationToken);
        }

        var primaries = await scope.Locations.ReadAsync([.. unread.Select(i => due[i].Primary)], cancellationToken);
        foreach (var (i, primary) in unread.Zip(primaries))
        {
            var timing = known.Of(due[i]);
            var connection = timing?.RejectedSince is null ? ProbeConnection.Shared : ProbeConnection.Fresh;
            await _queue.AddAsync(new(due[i], primary, secondaries[i], connection, timing), cancellationToken);
        }
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        await foreach (var reading in _queue.Readings.ReadAllAsync(cancellationToken))
        {
            var seen = await scope.Checker.CheckAsync(reading, cancellationToken);
            NoteRest(seen);
            if (seen.PutOffUntil is not null)
            {
                progress.Report(new PassStep(0, 0) { PutOff = 1 });
            }

            await WaitToRecordAsync(cancellationToken);
            await _queue.ObserveAsync(seen, cancellationToken);
        }
    }

    private async Task WaitToRecordAsync(CancellationToken cancellationToken)
    {
        await _unrecorded.EnterAsync(cancellationToken);
        Interlocked.Increment(ref _waiting);
    }

    private void Recorded(int count)
    {
        Interlocked.Add(ref _waiting, -count);
        for (; count > 0; count--)
        {
            _unrecorded.Leave();
        }
    }

    private void NoteRest(Observation seen)
    {
        if (seen.RestsUntil is not null)
        {
            scope.NoteRest();
            progress.Report(new PassStep(0, 0) { Rested = 1 });
        }
    }

    private async Task RecordAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Observation>(BatchSize);
        while (await _queue.Observations.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < BatchSize && _queue.Observations.TryRead(out var observation))
            {
                batch.Add(observation);
            }

            Settle(await recorder.RecordAsync(batch, scope, cancellationToken));
            Recorded(batch.Count);
            batch.Clear();
        }

        _pending.Writer.Complete();
    }

    private void Settle(IReadOnlyList<RecordedCheck> recorded)
    {
        foreach (var check in recorded)
        {
            // What must wait longer, by the key's policy or by a code that is also sent for good keys, a later pass confirms.
            if (check.ConfirmAt is { } at && at - _time.GetUtcNow() <= s_longestWait)
            {
                _pending.Writer.TryWrite(new(check.Key, at));
                continue;
            }

            progress.Report(new PassStep(1, check.Verdict is Verdict.Rejected ? 1 : 0));
            _queue.Settle();
        }
    }

    private async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        await foreach (var pending in _pending.Reader.ReadAllAsync(cancellationToken))
        {
            await WaitUntilAsync(pending.At, cancellationToken);
            var primary = await scope.Locations.ReadAsync(pending.Key.Primary, cancellationToken);
            await _queue.ReturnAsync(new(pending.Key, primary, [], ProbeConnection.Fresh, null), cancellationToken);
        }
    }

    // Timers may fire some milliseconds early by the clock that answers are dated with, and an answer that comes too early does not
    // count. A clock that is set back in between ends the wait.
    private async Task WaitUntilAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        for (var wait = at - _time.GetUtcNow(); wait > TimeSpan.Zero && wait <= s_longestWait; wait = at - _time.GetUtcNow())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _time, cancellationToken);
        }
    }

    private sealed record Pending(ManagedKey Key, DateTimeOffset At);
}

/// <summary>What a pass tells while it runs.</summary>
/// <param name="Done">Keys that are settled.</param>
/// <param name="Rejected">Of them, rejected.</param>
internal readonly record struct PassStep(int Done, int Rejected)
{
    /// <summary>Keys that were not probed because they were probed a moment ago.</summary>
    public int Rested { get; init; }

    /// <summary>Keys that were not probed because their provider could not be asked.</summary>
    public int PutOff { get; init; }
}

/// <summary>What the database says of a check that was just recorded.</summary>
/// <param name="Key">The key.</param>
/// <param name="Verdict">What the provider said.</param>
/// <param name="ConfirmAt">When the answer that confirms it may count (UTC), or null where it is settled.</param>
internal sealed record RecordedCheck(ManagedKey Key, Verdict Verdict, DateTimeOffset? ConfirmAt);
