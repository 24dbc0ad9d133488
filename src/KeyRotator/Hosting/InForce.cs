namespace KeyRotator.Hosting;

/// <summary>What is in force. A successor takes its place at once; what it replaces is disposed when the last who works with it is
/// done.</summary>
internal sealed class InForce<T> : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _lock = new();
    private Tenancy? _current;

    /// <summary>Gives what is in force, for as long as the lease lasts.</summary>
    /// <exception cref="InvalidOperationException">Nothing is in force.</exception>
    public Lease<T> Rent()
    {
        lock (_lock)
        {
            var tenancy = _current ?? throw new InvalidOperationException("No configuration is in force.");
            tenancy.Users++;
            return new Lease<T>(tenancy.Value, () => Leave(tenancy));
        }
    }

    /// <summary>Puts a successor in force.</summary>
    public void Replace(T successor) => Put(new Tenancy(successor));

    /// <inheritdoc />
    public void Dispose() => Put(null);

    private void Put(Tenancy? next)
    {
        Tenancy? before;
        lock (_lock)
        {
            (before, _current) = (_current, next);
        }

        if (before is not null)
        {
            Leave(before);
        }
    }

    private void Leave(Tenancy tenancy)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = --tenancy.Users == 0;
        }

        if (isLast)
        {
            tenancy.Value.Dispose();
        }
    }

    // Being in force counts as one user.
    private sealed class Tenancy(T value)
    {
        public T Value => value;

        public int Users { get; set; } = 1;
    }
}

/// <summary>The right to work with something that may be replaced meanwhile.</summary>
internal sealed class Lease<T>(T value, Action giveBack) : IDisposable
{
    private Action? _giveBack = giveBack;

    /// <summary>What was rented.</summary>
    public T Value => value;

    /// <inheritdoc />
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
