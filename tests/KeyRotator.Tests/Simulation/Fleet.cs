using KeyRotator.Tests.Support;

namespace KeyRotator.Tests.Simulation;

/// <summary>A time in which a key was dead, or in which nothing could be known.</summary>
internal sealed record Spell(string Subject, TimeSpan From, TimeSpan To)
{
    public bool Covers(TimeSpan at, TimeSpan slack) => From <= at && at <= To + slack;
}

/// <summary>Fifty keys and what befalls them: revocations, replacements, outages of provider and store. The same seed makes the same
/// life.</summary>
internal sealed class Fleet(PassWorld world, int keys, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, TimeSpan> _deadSince = [];
    private readonly int[] _versions = [.. Enumerable.Repeat(1, keys + 1)];
    private TimeSpan _blindSince;
    private TimeSpan _blindUntil;
    private string _trouble = "";

    /// <summary>When which key was dead.</summary>
    public List<Spell> Dead { get; } = [];

    /// <summary>When <c>refusing</c>, <c>broken</c> (the provider) or <c>store</c> was the trouble.</summary>
    public List<Spell> Blind { get; } = [];

    /// <summary>What happens in one step.</summary>
    public void Happen(TimeSpan at)
    {
        EndTrouble(at);
        foreach (var id in _deadSince.Keys.Where(_ => Chance(100)).ToList())
        {
            Replace(id, at);
        }

        if (Chance(60))
        {
            Revoke(_random.Next(1, keys + 1), at);
        }

        if (Chance(1_500))
        {
            Enumerable.Range(1, keys).Where(_ => Chance(2)).ToList().ForEach(number => Revoke(number, at));
        }

        if (_trouble.Length == 0 && Chance(130))
        {
            BeginTrouble(at);
        }
    }

    /// <summary>Everything is put right.</summary>
    public void Heal(TimeSpan at)
    {
        EndTrouble(TimeSpan.MaxValue);
        _deadSince.Keys.ToList().ForEach(id => Replace(id, at));
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private void Revoke(int number, TimeSpan at)
    {
        var id = $"k{number}";
        if (_deadSince.TryAdd(id, at))
        {
            world.Vendor.Revoke(PassWorld.ValueOf(id, _versions[number]));
        }
    }

    private void Replace(string id, TimeSpan at)
    {
        var value = PassWorld.ValueOf(id, ++_versions[int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture)]);
        world.Vendor.Accept(value);
        world.Local.Put(id, value);
        Dead.Add(new(id, _deadSince[id], at));
        _deadSince.Remove(id);
    }

    // A provider that refuses everybody is told from dead keys as long as it comes back before the hold ends.
    private void BeginTrouble(TimeSpan at)
    {
        (_trouble, var steps) = _random.Next(3) switch
        {
            0 => ("refusing", _random.Next(1, 3)),
            1 => ("broken", _random.Next(1, 7)),
            _ => ("store", _random.Next(1, 5)),
        };
        (_blindSince, _blindUntil) = (at, at + (steps * TimeSpan.FromMinutes(10)));
        world.Local.IsDown = _trouble == "store";
        world.Vendor.Everybody = _trouble switch
        {
            "refusing" => FakeVendor.Unauthorized,
            "broken" => FakeVendor.Broken,
            _ => null,
        };
    }

    private void EndTrouble(TimeSpan at)
    {
        if (_trouble.Length > 0 && at >= _blindUntil)
        {
            Blind.Add(new(_trouble, _blindSince, _blindUntil));
            (_trouble, world.Local.IsDown, world.Vendor.Everybody) = ("", false, null);
        }
    }
}
