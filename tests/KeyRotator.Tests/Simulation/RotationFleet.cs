using System.Globalization;
using KeyRotator.Keys;
using KeyRotator.Rotation;
using KeyRotator.Secrets;
using KeyRotator.State;
using KeyRotator.Stores;
using KeyRotator.Tests.Rotation;
using KeyRotator.Tests.Support;
using Xunit;

namespace KeyRotator.Tests.Simulation;

/// <summary>Keys at two stores, two of them to a secret, looked after by two processes over one database, and checked; calls get lost,
/// processes die, others write, keys expire, the provider has outages, and operators come late.</summary>
internal sealed class RotationFleet : IAsyncDisposable
{
    private static readonly TimeSpan s_nap = TimeSpan.FromMinutes(3);
    private readonly Random _random;
    private readonly int _size;
    private readonly List<ManagedKey> _keys = [];
    private readonly Dictionary<KeyId, DateTimeOffset> _rotateAt = [];
    private readonly Dictionary<long, DateTimeOffset> _actAt = [];
    private readonly Dictionary<string, int> _notes = [];
    private readonly Dictionary<Fingerprint, string> _values = [];
    private readonly HashSet<string> _dead = [];
    private readonly ManualClock _clock;
    private readonly FakeVendor _vendor = new();
    private readonly StagingLabStore _staging = new("aws");
    private readonly LabStore _plain = new("vault");
    private readonly Dictionary<string, DateTimeOffset> _diesAt = [];
    private RotationDesk[] _desks = [];
    private DateTimeOffset _outageEnds;
    private int _count;

    private RotationFleet(StateDatabase state, ManualClock clock, int keys, int seed) =>
        (State, _clock, _size, _random) = (state, clock, keys, new Random(seed));

    public StateDatabase State { get; }

    /// <summary>The checks.</summary>
    public FleetChecks Checks { get; private set; } = null!;

    /// <summary>How often the provider was down or refused everybody.</summary>
    public int Outages { get; private set; }

    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Whether the world is as it should be from now on, and operators come at once.</summary>
    public bool IsCalm { get; set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RotationFleet> StartAsync(int keys, int seed)
    {
        var clock = new ManualClock();
        var fleet = new RotationFleet(await StateDatabase.OpenAsync(null, clock, Token), clock, keys, seed);
        for (var number = 0; number < keys; number++)
        {
            fleet.Add(number);
        }

        fleet._desks = [.. Enumerable.Range(0, 2).Select(
            _ => RotationWorld.DeskOf(fleet.State, clock, fleet._vendor, fleet._keys, [fleet._staging, fleet._plain]))];
        fleet.Checks = new(
            RotationWorld.EnvironmentOf(fleet.State, clock, fleet._vendor, fleet._keys, [fleet._staging, fleet._plain]), clock);
        fleet._staging.At = fleet._plain.At = fleet.Disturb;
        return fleet;
    }

    /// <summary>One step of everybody, and the time until the next.</summary>
    public async Task StepAsync(TimeSpan longest)
    {
        _vendor.Everybody = IsCalm || Now >= _outageEnds ? null : _vendor.Everybody;
        if (!IsCalm && _random.Next(150) == 0)
        {
            _vendor.Everybody = _random.Next(2) == 0 ? FakeVendor.Broken : FakeVendor.Unauthorized;
            _outageEnds = Now + TimeSpan.FromHours(_random.Next(1, 12));
            Outages++;
        }

        foreach (var (value, _) in _diesAt.Where(each => each.Value <= Now).ToList())
        {
            Kill(value);
        }

        await OperateAsync();
        foreach (var desk in _desks)
        {
            await LiveAsync(async () => await new RotationRound(desk, "run").RunAsync(TimeSpan.FromMinutes(5), Token));
        }

        await CheckAsync();
        var open = await OpenAsync();
        var next = open.Where(rotation => rotation.Needs is null).Select(rotation => rotation.NextAt ?? Now)
            .Concat(open.Select(rotation => _actAt.GetValueOrDefault(rotation.Id, Now)))
            .Concat(_rotateAt.Values).Append(Now + longest).Where(time => time > Now).Min();
        _clock.Advance(next - Now < TimeSpan.FromMinutes(2) ? TimeSpan.FromMinutes(2) : next - Now);
    }

    /// <summary>Nobody hands in anything any more.</summary>
    public void Rest() => _rotateAt.Clear();

    /// <summary>Whether the provider accepts an old value now, whatever it answers in an outage.</summary>
    public bool IsAlive(Fingerprint value) => _values.TryGetValue(value, out var text) && !_dead.Contains(text);

    /// <summary>Keys that are dead at their primary location without an alert.</summary>
    public Task<IReadOnlyList<string>> UnheardAsync() => Checks.UnheardAsync(
        key =>
        {
            var secret = FleetSecret.Parse(_staging.Current(key.Primary.Name)!);
            return _dead.Contains(key.Primary.Field == "A" ? secret.A : secret.B);
        },
        _vendor.Everybody is null ? _outageEnds : Now);

    public async Task<IReadOnlyList<KeyRotation>> OpenAsync() => await ListAsync(all: false);

    public async Task<IReadOnlyList<KeyRotation>> ListAsync(bool all)
    {
        await using var transaction = await State.BeginReadAsync(Token);
        return await RotationTable.ListAsync(transaction, all, 10_000, Token);
    }

    /// <summary>What is wrong with what readers saw: a value that nobody handed in, or a lost note of somebody else's.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var secret in _notes.Keys)
        {
            var (store, name) = (secret.StartsWith("aws", StringComparison.Ordinal) ? (LabStore)_staging : _plain, secret.Split(':')[1]);
            var seen = store.SeenBy(name).Select(FleetSecret.Parse).ToList();
            var values = seen.SelectMany(each => new[] { each.A, each.B }).Distinct();
            foreach (var value in values.Where(value => !_values.ContainsValue(value)))
            {
                yield return $"{secret}: somebody saw {value}";
            }

            if (seen[^1].Note != _notes[secret] || seen.Zip(seen.Skip(1)).Any(pair => pair.First.Note > pair.Second.Note))
            {
                yield return $"{secret}: a note was lost";
            }
        }
    }

    public ValueTask DisposeAsync() => State.DisposeAsync();

    private void Add(int number)
    {
        var (secret, field) = ($"s{number / 2}", number % 2 == 0 ? "A" : "B");
        _keys.Add(A.Key($"k{number}", "gate", "aws", secret) with
        {
            Locations = [RotationWorld.At("aws", secret, field), RotationWorld.At("vault", secret, field)],
        });
        _rotateAt[_keys[^1].Id] = Now + TimeSpan.FromHours(_random.Next(24 * 60));
        var value = Make();
        foreach (var store in new[] { _staging, _plain })
        {
            var text = store.Current(secret) is { } present ? FleetSecret.Parse(present) : new FleetSecret("", "", 0);
            store.Put(secret, (field == "A" ? new FleetSecret(value, value, 0) : text with { B = value }).ToString());
            _notes[$"{store.Name}:{secret}"] = 0;
        }
    }

    private string Make()
    {
        var value = string.Create(CultureInfo.InvariantCulture, $"key-{++_count:d6}-91b7d2c44e0a");
        _values[State.Fingerprinter.Of(new SecretValue(value))] = value;
        _vendor.Accept(value);
        return value;
    }

    private void Disturb(string what)
    {
        switch (IsCalm ? -1 : _random.Next(1000))
        {
            case >= 0 and < 20:
                throw new SecretStoreException("lab", what, null, isTransient: true, "No answer came.");
            case < 24 and >= 20:
                throw new KilledException();
            case < 40 and >= 24:
                Write(isForeign: false);
                break;
            case 40:
                Write(isForeign: true);
                break;
        }
    }

    private void Write(bool isForeign)
    {
        var (store, name) = (_random.Next(2) == 0 ? _staging : _plain, $"s{_random.Next(_size / 2)}");
        var present = FleetSecret.Parse(store.Current(name)!);
        var note = isForeign ? 0 : 1;
        _notes[$"{store.Name}:{name}"] += note;
        store.Put(name, (isForeign ? present with { A = Make() } : present with { Note = present.Note + note }).ToString());
    }

    // A check reads many secrets at once: what befalls it is drawn before it, so that the same seed makes the same life.
    private async Task CheckAsync()
    {
        _staging.At = _plain.At = (IsCalm ? 0 : _random.Next(30)) switch
        {
            1 => what => throw new SecretStoreException("lab", what, null, isTransient: true, "No answer came."),
            2 => _ => throw new KilledException(),
            _ => null,
        };
        await LiveAsync(Checks.RunAsync);
        _staging.At = _plain.At = Disturb;
    }

    private async Task OperateAsync()
    {
        foreach (var (key, _) in _rotateAt.Where(each => each.Value <= Now).ToList())
        {
            _rotateAt[key] = Now + TimeSpan.FromDays(_random.Next(20, 120));
            await LiveAsync(() => RotateAsync(_keys.Single(each => each.Id == key)));
        }

        foreach (var rotation in await OpenAsync())
        {
            if (rotation.Needs is null && rotation.Phase is not RotationPhase.Overlap)
            {
                continue;
            }

            var wait = IsCalm ? TimeSpan.Zero : TimeSpan.FromHours(_random.Next(1, 100));
            if (_actAt.TryAdd(rotation.Id, Now + wait) is false && _actAt[rotation.Id] <= Now)
            {
                _actAt.Remove(rotation.Id);
                await LiveAsync(() => ActAsync(rotation.Id));
            }
        }
    }

    private async Task RotateAsync(ManagedKey key)
    {
        var (text, life) = (Make(), TimeSpan.FromDays(_random.Next(40, 150)));
        _diesAt[text] = Now + life;
        var candidate = new SecretValue(text);
        var request = new RotationRequest { Key = key, Actor = "ops", ExpiresAt = Now + life };
        var journal = await new RotationOffice(_desks[0]).OpenAsync(request, candidate, Token);
        await new RotationRunner(_desks[0], journal) { StopsWhenLive = true }.CarryOnAsync(candidate, TimeSpan.FromHours(1), Token);
        await journal.ReleaseAsync(Token);
    }

    private async Task ActAsync(long id)
    {
        if (await new RotationRound(_desks[1], "ops").TakeAsync(id, Token) is not { } journal)
        {
            return;
        }

        var rotation = journal.Rotation;
        if (rotation.Phase is RotationPhase.Overlap && rotation.OldFingerprint is { } old && _values.TryGetValue(old, out var text))
        {
            Kill(text);
        }

        await journal.SaveAsync(Decide(rotation)(rotation, Now), null, Token);
        await journal.ReleaseAsync(Token);
    }

    private void Kill(string value)
    {
        _diesAt.Remove(value);
        _dead.Add(value);
        _vendor.Revoke(value);
    }

    private Func<KeyRotation, DateTimeOffset, KeyRotation> Decide(KeyRotation rotation) => rotation switch
    {
        { Phase: RotationPhase.Overlap, Needs: not null } => RotationActs.Close,
        { Phase: RotationPhase.Overlap } => RotationActs.Revoked,
        _ when rotation.Locations.Any(location => location.Foreign is not null) =>
            _random.Next(3) == 0 && IsAlive(rotation.OldFingerprint!.Value) && rotation.Phase is RotationPhase.Installing
                ? RotationActs.RollBack : RotationActs.Overwrite,
        { Phase: RotationPhase.Installing } when IsAlive(rotation.OldFingerprint!.Value) => RotationActs.RollBack,
        _ => RotationActs.Abandon,
    };

    // A process that dies, loses its rotation or is refused: the others go on.
    private async Task LiveAsync(Func<Task> work)
    {
        try
        {
            await Drive.UntilDone(work(), _clock, s_nap);
        }
        catch (Exception end) when (end is KilledException or RotationLostException or RotationRefusedException)
        {
            await Task.CompletedTask;
        }
    }
}

/// <summary>A secret with two keys and a note of somebody else's.</summary>
internal sealed record FleetSecret(string A, string B, int Note)
{
    public static FleetSecret Parse(string text)
    {
        var parts = text.Split('"');
        return new(parts[3], parts[7], int.Parse(parts[11], CultureInfo.InvariantCulture));
    }

    public override string ToString() => $$"""{"A": "{{A}}", "B":"{{B}}",  "note" : "{{Note}}"}""";
}
