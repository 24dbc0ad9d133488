using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KeyRotator.Configuration;
using KeyRotator.Stores.Remote;

namespace KeyRotator.Stores.Auth;

/// <summary>Keeps one Vault token good: given or from a file, or from a login by AppRole, Kubernetes or JWT.</summary>
/// <remarks>A login's token is renewed at two thirds of its lease; where the server grants less than at first, because the token nears its
/// longest life, it logs in again. Batch tokens are not renewed. Source:
/// https://developer.hashicorp.com/vault/docs/concepts/tokens.</remarks>
internal sealed class VaultLogins(string store, VaultStoreOptions options, TimeProvider time, Func<string, string?> environment)
    : IDisposable
{
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/token";

    // A given token is looked at only where the process lives on: a command of seconds pays nothing.
    private static readonly TimeSpan s_firstLook = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1);
    private VaultLease? _lease;
    private DateTimeOffset _quietUntil;

    /// <summary>The token of the next call.</summary>
    /// <exception cref="SecretStoreException">There is none to be had.</exception>
    public async Task<string> TokenAsync(VaultLoginSender sender, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return (_lease = await CurrentAsync(sender, cancellationToken)).Token;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Another token than one that was refused; null where there is none, or one was got in the last minute for nothing.</summary>
    public async Task<string?> AfterRefusalAsync(string refused, VaultLoginSender sender, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_lease is null || _lease.Token == refused)
            {
                var now = time.GetUtcNow();
                if (options.Login is not VaultLogin.Token && now < _quietUntil)
                {
                    return null;
                }

                _quietUntil = now + s_pause;
                _lease = options.Login is VaultLogin.Token ? Given() : await LogInAsync(sender, cancellationToken);
            }

            return _lease.Token == refused ? null : _lease.Token;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task<VaultLease> CurrentAsync(VaultLoginSender sender, CancellationToken cancellationToken)
    {
        var lease = options.Login is VaultLogin.Token && Given() is var given && given.Token != _lease?.Token ? given : _lease;
        var now = time.GetUtcNow();
        if (lease is null || now >= lease.ExpiresAt)
        {
            return options.Login is VaultLogin.Token ? Given() : await LogInAsync(sender, cancellationToken);
        }

        return now < lease.RenewAt || lease.RenewAt is null ? lease : await KeepAsync(lease, sender, cancellationToken);
    }

    // A server that fails now may grant it in a minute: the token is good until then.
    private async Task<VaultLease> KeepAsync(VaultLease lease, VaultLoginSender sender, CancellationToken cancellationToken)
    {
        try
        {
            if (lease.ExpiresAt is null)
            {
                return await LookAsync(lease, sender, cancellationToken);
            }

            var renewed = lease.IsRenewable ? await RenewAsync(lease, sender, cancellationToken) : null;
            return renewed ?? (options.Login is VaultLogin.Token
                ? lease with { RenewAt = null }
                : await LogInAsync(sender, cancellationToken));
        }
        catch (Exception fault) when (fault is SecretStoreException { IsTransient: true } or HttpRequestException)
        {
            return lease with { RenewAt = time.GetUtcNow() + s_pause };
        }
    }

    private async Task<VaultLease> LookAsync(VaultLease lease, VaultLoginSender sender, CancellationToken cancellationToken)
    {
        using var answer = await sender.SendAsync(HttpMethod.Get, "token/lookup-self", null, lease.Token, cancellationToken);
        RefuseTransient(answer);
        using var document = VaultWire.Parse(answer.Body);
        var data = VaultWire.Of(document).Member("data");
        var isRenewable = data.Flag("renewable") && data.Text("type") is not "batch";
        return answer.IsSuccess && isRenewable && data.Number("ttl") is { } left and > 0
            ? VaultLease.Of(lease.Token, left, isRenewable, time.GetUtcNow())
            : lease with { RenewAt = null };
    }

    private async Task<VaultLease?> RenewAsync(VaultLease lease, VaultLoginSender sender, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"increment":"{{(long)lease.Granted.TotalSeconds}}s"}""");
        using var answer = await sender.SendAsync(HttpMethod.Post, "token/renew-self", body, lease.Token, cancellationToken);
        RefuseTransient(answer);
        var renewed = answer.IsSuccess ? Granted(answer, lease.Token) : null;
        var isShort = renewed is { ExpiresAt: not null } && renewed.Granted < lease.Granted * 0.9;
        return isShort && options.Login is not VaultLogin.Token ? null : renewed;
    }

    private async Task<VaultLease> LogInAsync(VaultLoginSender sender, CancellationToken cancellationToken)
    {
        var method = options.Login.ToString().ToLowerInvariant();
        var body = LoginBody();
        try
        {
            var mount = string.Join('/', (options.LoginMount ?? method).Trim('/').Split('/').Select(Uri.EscapeDataString));
            using var answer = await sender.SendAsync(HttpMethod.Post, $"{mount}/login", body, null, cancellationToken);
            RefuseTransient(answer);
            return (answer.IsSuccess ? Granted(answer, null) : null) ?? throw Fault(answer.IsSuccess
                ? "what came is no answer of Vault's: check `address`."
                : $"the {method} login is refused ({(int)answer.Status}): check the role, its credentials, `auth.mount` and `namespace`."
                    + (ClockSkew.Advice(answer.Headers, time.GetUtcNow()) is { } clock ? $" Also {clock}" : ""));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private VaultLease? Granted(StoreAnswer answer, string? token)
    {
        using var document = VaultWire.Parse(answer.Body);
        var auth = VaultWire.Of(document).Member("auth");
        var isRenewable = auth.Flag("renewable") && auth.Text("token_type") is not "batch";
        return (token ?? auth.Text("client_token")) is { Length: > 0 } granted && auth.Number("lease_duration") is { } seconds
            ? VaultLease.Of(granted, seconds, isRenewable, time.GetUtcNow())
            : null;
    }

    private byte[] LoginBody() => JsonSerializer.SerializeToUtf8Bytes(options.Login is VaultLogin.AppRole
        ? new Dictionary<string, string?>
        {
            ["role_id"] = options.RoleId ?? throw Fault("`auth.roleId` is missing."),
            ["secret_id"] = options.SecretId?.Reveal(),
        }
        : new() { ["role"] = options.Role, ["jwt"] = ReadFile(options.JwtFile ?? ServiceAccount, "JWT") });

    // Read anew for each call: an agent replaces the file.
    private VaultLease Given()
    {
        var token = options.Token?.Reveal()
            ?? (options.TokenFile is { } file ? ReadFile(file, "token") : null)
            ?? Named("VAULT_TOKEN") ?? Named("BAO_TOKEN") ?? OfTheUser();
        var isKept = options.TokenFile is null || options.Token is not null;
        return new(token) { RenewAt = isKept ? time.GetUtcNow() + s_firstLook : null };
    }

    private string? Named(string variable) => environment(variable) is { Length: > 0 } token ? token : null;

    private string OfTheUser() =>
        environment("HOME") is { Length: > 0 } home && Path.Combine(home, ".vault-token") is var file && File.Exists(file)
            ? ReadFile(file, "token")
            : throw Fault("there is no token: give `auth`, or set VAULT_TOKEN or BAO_TOKEN.");

    private string ReadFile(string path, string what)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } text ? text : throw Fault($"the file of the {what} is empty.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Fault($"the file of the {what} cannot be read.");
        }
    }

    private void RefuseTransient(StoreAnswer answer)
    {
        if ((int)answer.Status is 412 or 429 or 472 or 473 or >= 500)
        {
            throw Fault($"the server does not answer logins now ({(int)answer.Status}).", isTransient: true);
        }
    }

    private SecretStoreException Fault(string advice, bool isTransient = false) => new(store, "login", null, isTransient, advice);
}
