using KeyRotator.Configuration;
using KeyRotator.Keys;
using KeyRotator.Stores.Auth;

namespace KeyRotator.Stores;

/// <summary>GCP Secret Manager where consumers read an alias: a new version is unseen until the alias is moved, which is done under the
/// secret's tag and so is conditional. Going back moves it back.</summary>
/// <remarks>Readers may see the move minutes later: Secret Manager calls aliases eventually consistent.</remarks>
internal sealed class GcpAliasStore : GcpSecretManagerStore, IStagingSecretStore
{
    private readonly string _alias;

    /// <param name="settings">The store; its options name an alias.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tokens">Where access tokens come from.</param>
    /// <exception cref="ArgumentException">The settings are those of another kind, or name no alias.</exception>
    internal GcpAliasStore(StoreSettings settings, TimeProvider time, IGcpTokenSource tokens)
        : base(settings, time, tokens) => _alias = GcpSender.OptionsOf(settings).Alias
            ?? throw new ArgumentException($"Store {settings.Name} has no alias.", nameof(settings));

    public override StoreCapabilities Capabilities { get; } = new()
    {
        CanStage = true,
        HasVersions = true,
        KeepsTags = true,
        ConditionalWrite = true,
        IdempotentWrite = true,
        BillsVersions = true,
        ReadPrice = AccessPrice,
        Rollback = RollbackKind.Pointer,
        MaxBytes = GcpWriter.MaxBytes,
    };

    public Task<SecretVersion> StageAsync(SecretWrite write, CancellationToken cancellationToken) =>
        Writer.WriteAsync(write, isStaging: true, cancellationToken);

    public async Task PromoteAsync(
        SecretLocation location, SecretVersion staged, SecretVersion expected, CancellationToken cancellationToken)
    {
        var number = GcpDraft.NumberOf(staged);
        if (number < 0 || await Api.VersionAsync(location, number, "promote", cancellationToken) is not { State: "ENABLED" })
        {
            throw new SecretStoreException(
                Name, "promote", location, isTransient: false, $"version {staged.Id} is not there or not enabled.");
        }

        await Writer.UpdateAsync(location, null, secret => Promoted(location, secret, number, expected), cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>The version is destroyed, since each costs money, unless it is the highest: then readers of <c>latest</c>, if there are
    /// any, would read nothing. It is left, unmarked.</remarks>
    public async Task UnstageAsync(SecretLocation location, SecretVersion staged, CancellationToken cancellationToken)
    {
        var number = GcpDraft.NumberOf(staged);
        if (number < 0 || await Api.FindAsync(location, "unstage", cancellationToken) is not { } secret
            || secret.Aliases.GetValueOrDefault(_alias) == number)
        {
            return;
        }

        var isOurs = GcpMarks.Of(secret).Staged == number;
        await Writer.UpdateAsync(location, secret, current => Unmarked(current, number), cancellationToken);
        var highest = (await Api.VersionsAsync(location, long.MaxValue, "unstage", cancellationToken)).Highest;
        if (isOurs && number != highest)
        {
            await PurgeAsync(location, staged, cancellationToken);
        }
    }

    private GcpSecret? Promoted(SecretLocation location, GcpSecret secret, long staged, SecretVersion expected)
    {
        var current = secret.Aliases.GetValueOrDefault(_alias);
        if (current == staged)
        {
            return null;
        }

        if (current != GcpDraft.NumberOf(expected))
        {
            throw new SecretConflictException(Name, location, current == 0
                ? $"the alias {_alias} is not there."
                : $"the alias {_alias} is on version {GcpApi.Text(current)}.");
        }

        var marks = GcpMarks.Of(secret);
        var unmarked = marks.Staged == staged ? marks with { Staged = null } : marks;
        return secret with
        {
            Annotations = unmarked.In(secret.Annotations),
            Aliases = new Dictionary<string, long>(secret.Aliases) { [_alias] = staged },
        };
    }

    private static GcpSecret? Unmarked(GcpSecret secret, long staged) => GcpMarks.Of(secret) is var marks && marks.Staged == staged
        ? secret with { Annotations = (marks with { Staged = null }).In(secret.Annotations) }
        : null;
}
