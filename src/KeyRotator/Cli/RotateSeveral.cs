using System.CommandLine;
using KeyRotator.Cli.Output;
using KeyRotator.Configuration;
using KeyRotator.Configuration.Shapes;
using KeyRotator.Keys;
using KeyRotator.Providers;
using KeyRotator.Rotation;
using KeyRotator.State;

namespace KeyRotator.Cli;

/// <summary><c>rotate --from-file</c> without a key: a file of several replacements, each a rotation of its own. Whatever is wrong with any
/// of them is said before the first is begun.</summary>
internal sealed class RotateSeveral(CliContext context, Workbench workbench, ParseResult parsed, OutputFormat format)
{
    /// <summary>What else was said.</summary>
    public required RotateTerms Terms { get; init; }

    /// <summary>Whether nothing is written.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>Whether each is only begun.</summary>
    public bool Detaches { get; init; }

    /// <summary>Reads the file and does what it says.</summary>
    /// <exception cref="CliException">Something is wrong with it; nothing was changed.</exception>
    public async Task<ExitCode> RunAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            throw CliException.Usage("Name the key to replace, or a file of several: rotate --from-file PATH. Nothing was changed.");
        }

        var replacements = await ReadAsync(path);
        var desk = context.CreateRotations(workbench);
        var faults = new List<string>(replacements.Faults);
        var orders = Orders(replacements, faults);
        var planned = await PlanAsync(desk, orders, faults, cancellationToken);
        Refuse(faults);
        orders.ForEach(order => WarnOfExpiry(order.Request));
        var batch = new RotationBatch(context, workbench, desk, format) { Detaches = Detaches };
        foreach (var order in orders)
        {
            await (IsRehearsal
                ? RehearseAsync(batch, desk, order, planned[order.Request.Key.Id], cancellationToken)
                : batch.RunAsync(
                    order.Request.Key,
                    async () => await new RotationOffice(desk).OpenAsync(order.Request, order.Value, cancellationToken),
                    order.Value,
                    cancellationToken));
        }

        return await batch.FinishAsync(cancellationToken);
    }

    private async Task<Replacements> ReadAsync(string path)
    {
        var full = Path.GetFullPath(path, context.Directory);
        if (File.Exists(full))
        {
            await new CandidateInput(context).WarnAsync(path);
        }

        return ReplacementsReader.Read(path, full, context.Environment);
    }

    private List<Order> Orders(Replacements replacements, List<string> faults)
    {
        var orders = new List<Order>();
        foreach (var entry in replacements.Entries)
        {
            if (!KeyId.TryParse(entry.Key, out var id) || workbench.Inventory.Find(id) is not { } key)
            {
                faults.Add($"{entry.At}: no key has that id (not shown: it may be a value).{Near(entry.Key)}");
            }
            else if (entry.Expires?.ExpiresAt is { } at && at <= context.Time.GetUtcNow())
            {
                faults.Add($"{entry.At}: key {id}: `expires` is past: the new key would be dead already");
            }
            else
            {
                orders.Add(new(Terms.ReadOne(parsed, key, entry.Expires?.ExpiresAt), entry));
            }
        }

        var same = orders.GroupBy(order => workbench.Database.Fingerprinter.Of(order.Value)).Where(group => group.Count() > 1);
        faults.AddRange(same.Select(group =>
            $"{group.Last().At}: keys {string.Join(", ", group.Select(order => order.Request.Key.Id))} have the same value here: every key "
            + "gets a value of its own"));
        return orders;
    }

    private string Near(string name) =>
        NearestName.Find(name, workbench.Inventory.Keys.Select(key => key.Id.Value)) is { } near ? $" Did you mean '{near}'?" : "";

    private async Task<IReadOnlyDictionary<KeyId, IReadOnlyList<RotationLocation>>> PlanAsync(
        RotationDesk desk, List<Order> orders, List<string> faults, CancellationToken cancellationToken)
    {
        var planned = new Dictionary<KeyId, IReadOnlyList<RotationLocation>>();
        var open = await OpenAsync(orders, cancellationToken);
        foreach (var order in orders)
        {
            var key = order.Request.Key;
            if (open.TryGetValue(key.Id, out var rotation))
            {
                faults.Add($"{order.At}: {RotationOffice.Open(rotation, key)}");
                continue;
            }

            try
            {
                planned[key.Id] = await new RotationOffice(desk).PlanAsync(order.Request, order.Value, cancellationToken);
            }
            catch (RotationRefusedException refusal)
            {
                faults.AddRange(refusal.Message.Split('\n').Select(fault => $"{order.At}: key {key.Id}: {fault}"));
            }
        }

        return planned;
    }

    private async Task<IReadOnlyDictionary<KeyId, KeyRotation>> OpenAsync(List<Order> orders, CancellationToken cancellationToken)
    {
        await using var transaction = await workbench.Database.BeginReadAsync(cancellationToken);
        return await RotationTable.OpenOfAsync(transaction, orders.Select(order => order.Request.Key.Id), cancellationToken);
    }

    private void WarnOfExpiry(RotationRequest request)
    {
        var kind = workbench.Settings.Providers[request.Key.Provider].Kind;
        if (request.ExpiresAt is null && KeyProviders.Find(kind)?.Profile is { KeysCanExpire: true } profile)
        {
            context.Error.WriteLine(
                $"Keys of {profile.Title} can expire, and nobody said when the new one of {request.Key.Id} does: no warning will come "
                + "before it. State the day: `{ value: …, expires: YYYY-MM-DD }`.");
        }
    }

    private async Task RehearseAsync(
        RotationBatch batch,
        RotationDesk desk,
        Order order,
        IReadOnlyList<RotationLocation> planned,
        CancellationToken cancellationToken)
    {
        var key = order.Request.Key;
        var teller = batch.TellerOf(key);
        if (!teller.IsJson)
        {
            context.Out.WriteLine($"{key.Id}:");
        }

        var report = await new CandidateProof(desk).ProveAsync(key, order.Value, isKnown: false, cancellationToken);
        teller.Tell(report);
        if (report.Passed)
        {
            new RehearsalTeller(context, teller).Tell(desk, key, planned, order.Request.At);
        }

        batch.Note(key, report.Refusal ?? "would be replaced", report.Passed ? ExitCode.Success : ExitCode.OperatorNeeded);
    }

    private static void Refuse(List<string> faults)
    {
        if (faults.Count > 0)
        {
            throw CliException.Usage($"{string.Join('\n', faults.Select(Printable.Of))}\nNothing was changed.");
        }
    }

    private sealed record Order(RotationRequest Request, Replacement Entry)
    {
        public Secrets.SecretValue Value => Entry.Value;

        public string At => Entry.At;
    }
}
