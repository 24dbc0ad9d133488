using KeyRotator.Audit;
using KeyRotator.Configuration;
using KeyRotator.Discovery;
using KeyRotator.Keys;
using KeyRotator.Ledger;
using KeyRotator.State;
using KeyRotator.Stores;

namespace KeyRotator.Cli;

/// <summary>What a verb works with: the configuration, the open database, the stores. Disposed with the verb.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly Lazy<IReadOnlyDictionary<string, ISecretStore>> _stores;

    private readonly InventorySource _inventories;
    private readonly List<IDisposable> _kept = [];

    private Workbench(CliContext context, Settings settings, StateDatabase database)
    {
        Time = context.Time;
        Settings = settings;
        Database = database;
        _stores = new(() => SecretStores.CreateAll(settings, context.Time));
        _inventories = new(settings, database);
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The configuration.</summary>
    public Settings Settings { get; }

    /// <summary>The database.</summary>
    public StateDatabase Database { get; }

    /// <summary>The configured stores by name. Made when first asked for.</summary>
    public IReadOnlyDictionary<string, ISecretStore> Stores => _stores.Value;

    /// <summary>The keys: what the file declares, and what was found by tag.</summary>
    public Inventory Inventory => _inventories.Inventory;

    /// <summary>What operators decide about keys.</summary>
    public KeySuspensions Suspensions => new(Database, Findings, Time);

    /// <summary>Looks after the audit.</summary>
    public AuditWatch Audit => new(Database, Findings, Time);

    /// <summary>Puts trials on record.</summary>
    public Trials Trials => new(Database, Time);

    /// <summary>Who looks after findings.</summary>
    public Acknowledgements Acknowledgements => new(Database, Findings, Time);

    /// <summary>What nobody wants to hear of for a while.</summary>
    public AlertSilences Silences => new(Database, Findings, Time);

    /// <summary>What the ledger knows of findings.</summary>
    public FindingWriter Findings => new(Settings, Inventory, Database.InstallationId);

    /// <summary>Opens the database that the configuration names, and takes the inventory from it.</summary>
    /// <exception cref="StateException">It cannot be used.</exception>
    public static async Task<Workbench> OpenAsync(CliContext context, Settings settings, CancellationToken cancellationToken)
    {
        context.Person = context.Person with { Operator = OperatorLogin.NameOf(context, settings) };
        var database = await settings.Database.OpenAsync(context.Time, cancellationToken);
        database.Actor = new AuditActor(context.Actor, context.Verb);
        var workbench = new Workbench(context, settings, database);
        try
        {
            await workbench.RefreshAsync(cancellationToken);
            return workbench;
        }
        catch
        {
            await workbench.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes over what was found by tag since, and what operators hold.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) => _inventories.RefreshAsync(cancellationToken);

    /// <summary>Lets something go with the verb.</summary>
    public T Keep<T>(T kept)
        where T : IDisposable
    {
        _kept.Add(kept);
        return kept;
    }

    /// <summary>What goes with the verb and is made once: the same for everybody who asks for one of its type.</summary>
    public T Share<T>(Func<T> create)
        where T : class, IDisposable => _kept.OfType<T>().FirstOrDefault() ?? Keep(create());

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _kept.ForEach(kept => kept.Dispose());
        return Database.DisposeAsync();
    }
}
