using System.Security.Cryptography;
using KeyRotator.Keys;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>Writes versions to AWS Secrets Manager: adds one under a label of our own, then moves AWSCURRENT from the expected version to
/// it, which AWS does only if it is there.</summary>
/// <remarks>
/// <para>The token is the version's id, so a lost answer is found again by reading. A version is known by its labels: current, previous,
/// or staged. One that has lost all of them may have been current, or never; so that a write of it is not taken for done, it counts as
/// not written.</para>
/// <para>A version cannot be deleted. AWS prunes those without labels beyond 100, none younger than a day.</para>
/// </remarks>
/// <param name="store">Name of the configured store.</param>
/// <param name="api">The calls.</param>
/// <param name="labels">Moves labels.</param>
/// <param name="time">The clock.</param>
internal sealed class AwsSecretWriter(string store, AwsSecretsManagerApi api, AwsSecretLabels labels, TimeProvider time)
{
    /// <summary>Largest value in bytes.</summary>
    public const int MaxBytes = 65536;

    /// <summary>Beyond this many versions within a day nothing is written: AWS keeps about 100, and could neither prune nor add.</summary>
    public const int MostVersionsADay = 90;

    /// <summary>Adds a version that readers do not see, or finds the one that a repeat or an equal value makes unnecessary.</summary>
    public async Task<SecretVersion> StageAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var location = write.Location;
        CheckSize(location, write.Value);
        if (await api.DescribeAsync("write", location, cancellationToken) is not { } state)
        {
            return await CreateAsync(write, cancellationToken);
        }

        labels.Refuse(location, state);
        var token = new SecretVersion(write.Token.ToString());
        if (state.IsLabelled(token))
        {
            await CheckKnownAsync(write, token, cancellationToken);
            return token;
        }

        if (state.Current != write.ExpectedVersion)
        {
            throw Conflict(location, "another version is current than was expected.");
        }

        return state.Staged is { } other
            ? throw Conflict(location, $"version {other} is staged by another rotation: promote it or take it back first.")
            : await AddAsync(write, cancellationToken);
    }

    /// <summary>Stages and promotes. Where that loses, what was staged is taken back.</summary>
    public async Task<SecretVersion> WriteAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var version = await StageAsync(write, cancellationToken);
        var state = await api.DescribeAsync("write", write.Location, cancellationToken)
            ?? throw Conflict(write.Location, "the secret is gone.");
        if (state.WasCurrent(version))
        {
            await labels.DetachAsync(write.Location, version, state.IsPending(version), cancellationToken);
            return version;
        }

        try
        {
            await labels.PromoteAsync(write.Location, version, write.ExpectedVersion, cancellationToken);
        }
        catch (SecretConflictException)
        {
            await labels.UnstageAsync(write.Location, version, cancellationToken);
            throw;
        }

        return version;
    }

    private async Task<SecretVersion> CreateAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var location = write.Location;
        if (write.ExpectedVersion is not null)
        {
            throw Conflict(location, "the secret is absent.");
        }

        if (AwsSecretName.IsArn(location.Name))
        {
            throw Failure(location, "there is no such secret, and one is made by its name, not by an ARN.");
        }

        var value = Merge(write, null);
        try
        {
            await api.CreateAsync(location, write.Token, value, cancellationToken);
        }
        catch (AwsErrorException fault) when (fault.Kind is AwsErrorKind.Exists)
        {
            throw Conflict(location, "somebody else made the secret in the meantime.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }

        return new(write.Token.ToString());
    }

    private async Task<SecretVersion> AddAsync(SecretWrite write, CancellationToken cancellationToken)
    {
        var location = write.Location;
        using var current = write.ExpectedVersion is { } expected
            ? await api.GetAsync("write", location, expected, cancellationToken)
            : null;
        if (write.ExpectedVersion is not null && current is null)
        {
            throw Conflict(location, "the expected version is gone.");
        }

        if (current is not null && Holds(current, write))
        {
            return current.Version;
        }

        var value = Merge(write, current);
        try
        {
            await CheckQuotaAsync(location, cancellationToken);
            await PutAsync(write, value, current?.IsBinary == true, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }

        return new(write.Token.ToString());
    }

    private async Task PutAsync(SecretWrite write, byte[] value, bool isBinary, CancellationToken cancellationToken)
    {
        try
        {
            var attached = await api.PutAsync(write.Location, write.Token, value, isBinary, cancellationToken);
            if (attached.Length == 0) // it was there without labels, and AWS does nothing for a repeat
            {
                var version = new SecretVersion(write.Token.ToString());
                await api.MoveAsync(write.Location, AwsSecretState.PendingLabel, null, version, cancellationToken);
            }
        }
        catch (AwsErrorException fault) when (fault.Kind is AwsErrorKind.Exists)
        {
            throw Failure(write.Location, "the token was used for another value.");
        }
    }

    private async Task CheckKnownAsync(SecretWrite write, SecretVersion version, CancellationToken cancellationToken)
    {
        using var known = await api.GetAsync("write", write.Location, version, cancellationToken);
        if (known is not null && !Holds(known, write))
        {
            throw Failure(write.Location, "the token was used for another value.");
        }
    }

    private async Task CheckQuotaAsync(SecretLocation location, CancellationToken cancellationToken)
    {
        var young = await api.VersionsAsync("write", location, time.GetUtcNow() - TimeSpan.FromDays(1), cancellationToken);
        if (young.Count >= MostVersionsADay)
        {
            throw Failure(location, $"it has {MostVersionsADay} versions of the last 24 hours, and AWS keeps about 100: write less often.");
        }
    }

    private void CheckSize(SecretLocation location, SecretValue value)
    {
        var bytes = JsonFields.Encode(value, location, "write");
        CryptographicOperations.ZeroMemory(bytes);
        CheckSize(location, bytes.Length, location.Field is null);
    }

    private void CheckSize(SecretLocation location, int length, bool isWhole)
    {
        if (length > MaxBytes || (length == 0 && isWhole))
        {
            throw Failure(location, $"a secret here has 1 to {MaxBytes} bytes.");
        }
    }

    private byte[] Merge(SecretWrite write, AwsSecretValue? current)
    {
        var (location, value) = (write.Location, write.Value);
        var merged = location.Field is null
            ? JsonFields.Encode(value, location, "write")
            : JsonWrites.Replace(current is null ? "{}"u8 : current.Bytes, write);
        CheckSize(location, merged.Length, isWhole: true);
        return merged;
    }

    private static bool Holds(AwsSecretValue held, SecretWrite write)
    {
        if (write.Location.Field is not null)
        {
            return JsonWrites.Holds(held.Bytes, write);
        }

        var bytes = JsonFields.Encode(write.Value, write.Location, "write");
        var isEqual = CryptographicOperations.FixedTimeEquals(held.Bytes, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return isEqual;
    }

    private SecretStoreException Failure(SecretLocation location, string advice) =>
        new(store, "write", location, isTransient: false, advice);

    private SecretConflictException Conflict(SecretLocation location, string advice) => new(store, location, advice);
}
