using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KeyRotator.Configuration;
using KeyRotator.Secrets;

namespace KeyRotator.Stores.Auth;

/// <summary>Where the API server is and who asks, now.</summary>
/// <param name="server">Its address, without a slash at the end.</param>
/// <param name="ns">Namespace of names that give none.</param>
/// <param name="token">The bearer token, or null where a client certificate speaks.</param>
internal sealed class KubernetesConnection(string server, string ns, SecretValue? token)
{
    /// <summary>The address, without a slash at the end.</summary>
    public string Server { get; } = server;

    /// <summary>Namespace of names that give none.</summary>
    public string Namespace { get; } = ns;

    /// <summary>Shows the token.</summary>
    public void Authorise(HttpRequestMessage request)
    {
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token.Reveal()}");
        }
    }
}

/// <summary>Finds the API server by a kubeconfig file, or by the pod's service account.</summary>
/// <remarks>A token file is read for each call: the kubelet replaces it about every hour. The authorities are read once.
/// Source: kubernetes.io/docs/tasks/run-application/access-api-from-pod, read 2026-11.</remarks>
/// <param name="options">The store's options.</param>
/// <param name="variable">Reads an environment variable.</param>
/// <param name="account">Folder of the pod's service account.</param>
internal sealed class KubernetesAccess(KubernetesStoreOptions options, Func<string, string?> variable, string account)
{
    /// <summary>Where a pod finds its service account.</summary>
    public const string AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private volatile Kubeconfig? _kubeconfig;

    /// <summary>The server and the identity as they are now.</summary>
    /// <exception cref="InvalidDataException">There is none. The message is a sentence of ours without a secret.</exception>
    public KubernetesConnection Open()
    {
        if (options.Kubeconfig is null)
        {
            return new(ServerOfPod(), options.Namespace ?? NamespaceOfPod(), TokenOf(Path.Combine(account, "token")));
        }

        var file = Load(options.Kubeconfig);
        var token = file.TokenFile is { } path ? TokenOf(path) : file.Token is { } given ? Checked(given, options.Kubeconfig) : null;
        return token is null && file.Certificate is null && options.CertificateFile is null
            ? throw new InvalidDataException($"{options.Kubeconfig} names a user without token, tokenFile or client certificate.")
            : new(Trim(options.Address ?? file.Server), options.Namespace ?? file.Namespace ?? "default", token);
    }

    /// <summary>Has the next call read the kubeconfig file again: its token was refused.</summary>
    public void Forget() => _kubeconfig = null;

    /// <summary>Sets what the connection trusts and shows, where the store's own options do not say so.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">Something is no certificate or no key.</exception>
    public void Secure(SslClientAuthenticationOptions tls)
    {
        var file = options.Kubeconfig is { } path ? Load(path) : null;
        var podAuthority = Path.Combine(account, "ca.crt");
        var authority = file is null && File.Exists(podAuthority) ? File.ReadAllText(podAuthority) : file?.Authority;
        if (options.AuthorityFile is null && authority is not null)
        {
            var policy =
                new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(authority);
            tls.CertificateChainPolicy = policy;
        }

        if (options.CertificateFile is null && file?.Certificate is { } certificate)
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, file.Key?.Reveal() ?? certificate)];
        }
    }

    private Kubeconfig Load(string path)
    {
        try
        {
            return _kubeconfig ??= Kubeconfig.Read(path, options.Context);
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path} {fault.Message}");
        }
    }

    private string ServerOfPod()
    {
        if (options.Address is { } address)
        {
            return Trim(address);
        }

        var (host, port) = (variable("KUBERNETES_SERVICE_HOST"), variable("KUBERNETES_SERVICE_PORT"));
        return string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port)
            ? throw new InvalidDataException("this is no pod (KUBERNETES_SERVICE_HOST and _PORT are not set): give `kubeconfig`.")
            : $"https://{(host.Contains(':') ? $"[{host}]" : host)}:{port}";
    }

    private string NamespaceOfPod() =>
        ReadFile(Path.Combine(account, "namespace")) is { Length: > 0 } found ? found : "default";

    private static SecretValue TokenOf(string path) => ReadFile(path) is { Length: > 0 } text
        ? Checked(new SecretValue(text), path)
        : throw new InvalidDataException($"{path} holds no token.");

    private static SecretValue Checked(SecretValue token, string path) =>
        token.Length > 0 && token.Reveal().All(static character => character is > ' ' and <= '~')
            ? token
            : throw new InvalidDataException(
                $"{path} holds a token that cannot be sent: it is empty or has other characters than a token has.");

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path} cannot be read: is this a pod with a service account? Else give `kubeconfig`.");
        }
    }

    private static string Trim(Uri address) => address.AbsoluteUri.TrimEnd('/');
}
