using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KeyRotator.Configuration;

namespace KeyRotator.Stores.Auth;

/// <summary>Finds region, endpoint and credentials at the first call, as the vendor's own tools do: environment, profile (SSO included),
/// web identity, container (EKS Pod Identity included), instance.</summary>
/// <remarks>A failure is not kept: what is put right is found by the next call. No message quotes what a file, variable or server
/// said.</remarks>
internal sealed class AwsAccess
{
    private static readonly TimeSpan s_chainLimit = TimeSpan.FromSeconds(40); // the SDK gives the instance's metadata 35

    private readonly AwsStoreOptions _options;
    private readonly AwsEndpoints _endpoints;
    private readonly Func<string, string?> _environment;
    private readonly AWSCredentials? _given;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Task<AwsConnection>? _connection;

    /// <param name="options">The store's options.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="time">The clock.</param>
    /// <param name="given">Credentials in place of the chain's; null for the chain.</param>
    public AwsAccess(AwsStoreOptions options, Func<string, string?> environment, TimeProvider time, AWSCredentials? given = null)
    {
        (_options, _environment, _time, _given) = (options, environment, time, given);
        _endpoints = new(options, environment);
    }

    /// <summary>Where calls go and who signs them; found out once.</summary>
    /// <exception cref="AwsAccessException">Something of it is missing.</exception>
    public async Task<AwsConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Task<AwsConnection> connection;
        lock (_lock)
        {
            connection = _connection is { IsFaulted: false, IsCanceled: false } known ? known : _connection = FindAsync();
        }

        return await GuardAsync(connection, cancellationToken);
    }

    /// <summary>The keys to sign with now.</summary>
    /// <exception cref="AwsAccessException">There are none.</exception>
    public async Task<ImmutableCredentials> KeysAsync(CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken);
        return await GuardAsync(connection.Credentials.GetCredentialsAsync(), cancellationToken)
            ?? throw new AwsAccessException(NoCredentials, isTransient: false);
    }

    /// <summary>Has the next call find credentials anew: those in use have expired.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            if (_connection is { IsCompletedSuccessfully: true, Result.Credentials: RefreshingAWSCredentials renewing })
            {
                renewing.ClearCredentials();
            }

            _connection = null;
        }
    }

    /// <summary>Who signs, in a few words, as the vendor tells it; without asking where a private endpoint stands in for the vendor's and
    /// none does for its token service.</summary>
    /// <exception cref="AwsAccessException">It could not be asked.</exception>
    public async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        var connection = await ConnectAsync(cancellationToken);
        var keys = await KeysAsync(cancellationToken);
        if (_options.Address is not null && _endpoints.ConfiguredTokens() is null)
        {
            return $"access key id {keys.AccessKey}";
        }

        using var tokens = Tokens(connection.Region, connection.Credentials);
        var asked = tokens.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
        return (await GuardAsync(asked, cancellationToken)).Arn;
    }

    private static string NoCredentials =>
        "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a `profile` (and log in, where it is an SSO "
        + "one), or give this host or pod a role.";

    private async Task<AwsConnection> FindAsync()
    {
        await Task.Yield(); // what follows reads files, and may ask the instance for its region
        var profile = Profile();
        var region = Region(profile);
        var endpoint = _endpoints.SecretsManager(region);
        var source = _given ?? (profile is null
            ? await new DefaultAWSCredentialsIdentityResolver().ResolveIdentityAsync(null, CancellationToken.None)
            : AWSCredentialsFactory.GetAWSCredentials(profile, new CredentialProfileStoreChain()));
        var credentials = _options.RoleArn is { } role
            ? new AwsRoleCredentials(Tokens(region, source), role, _options.ExternalId)
            : source;
        return new(region, endpoint, credentials);
    }

    private CredentialProfile? Profile()
    {
        if (_options.Profile is not { } name)
        {
            return null;
        }

        return new CredentialProfileStoreChain().TryGetProfile(name, out var profile)
            ? profile
            : throw new AwsAccessException($"the shared configuration files have no profile {name}.", isTransient: false);
    }

    private RegionEndpoint Region(CredentialProfile? profile)
    {
        string?[] names =
            [_options.Region, profile?.Region?.SystemName, _environment("AWS_REGION"), _environment("AWS_DEFAULT_REGION")];
        return names.FirstOrDefault(name => !string.IsNullOrEmpty(name)) is { } name
            ? RegionEndpoint.GetBySystemName(name)
            : FallbackRegionFactory.GetRegionEndpoint()
                ?? throw new AwsAccessException("no region is known: set `region` or AWS_REGION.", isTransient: false);
    }

    private AmazonSecurityTokenServiceClient Tokens(RegionEndpoint region, AWSCredentials signer)
    {
        var config = new AmazonSecurityTokenServiceConfig { UseFIPSEndpoint = _endpoints.IsFips, Timeout = TimeSpan.FromSeconds(15) };
        if (_endpoints.ConfiguredTokens() is { } address)
        {
            (config.ServiceURL, config.AuthenticationRegion) = (address.OriginalString, region.SystemName);
        }
        else
        {
            config.RegionEndpoint = region;
        }

        return new(signer, config);
    }

    private async Task<T> GuardAsync<T>(Task<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work.WaitAsync(s_chainLimit, _time, cancellationToken);
        }
        catch (AmazonServiceException fault)
        {
            throw Refused(fault);
        }
        catch (Exception fault) when (fault is TimeoutException or HttpRequestException or TaskCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            throw new AwsAccessException("what gives out credentials did not answer in time.", isTransient: true);
        }
        catch (Exception fault) when (fault is AmazonClientException or InvalidOperationException or ArgumentException or IOException
            or InvalidDataException or UnauthorizedAccessException)
        {
            // Not kept as the inner exception: its message may quote a file or an answer.
            throw new AwsAccessException(NoCredentials, isTransient: false);
        }
    }

    private AwsAccessException Refused(AmazonServiceException fault)
    {
        if (fault.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        {
            return new("the token service is busy or out of order.", isTransient: true);
        }

        return fault.ErrorCode is "AccessDenied" or "AccessDeniedException" && _options.RoleArn is { } role
            ? new($"the role {role} may not be assumed, or its external id differs.", isTransient: false)
            {
                MissingPermission = $"sts:AssumeRole on {role}",
            }
            : new("the token service refuses the credentials: they are wrong, expired, or not enabled in this region.", isTransient: false);
    }
}
