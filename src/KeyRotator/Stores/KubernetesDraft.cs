using System.Security.Cryptography;
using System.Text.Json;
using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>Decides a write from what was just read, and puts it into words. Pure.</summary>
/// <remarks>The annotation <c>keyrotator.io/token</c> names the last write; its version is not known before the server has answered, so it
/// is noted by the write after it, in <c>keyrotator.io/earlier</c> as <c>token=version</c>, the newest first.</remarks>
internal static class KubernetesDraft
{
    /// <summary>Most bytes of a Secret's values together, as the API server counts them (<c>MaxSecretSize</c>).</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Why a Secret that a controller owns is not written.</summary>
    public const string ControlledAdvice =
        "a controller owns the Secret and would put the old value back: write where that controller reads.";

    /// <summary>The key that a first write without a field makes.</summary>
    public const string WholeKey = "value";

    private const string Last = "token";
    private const string Earlier = "earlier";
    private const int EarlierKept = 20;

    /// <summary>Whether a tag's name is one of those that this class keeps.</summary>
    public static bool IsOwn(string annotation) => annotation is Last or Earlier;

    /// <summary>The key of <c>data</c> that a location means; null where the Secret has no key at all.</summary>
    /// <exception cref="SecretStoreException">No field is given, and the Secret has several keys.</exception>
    public static string? KeyOf(SecretLocation location, string operation, KubernetesSecret? secret) => location.Field is { } field
        ? field
        : secret?.Data.Count switch
        {
            null or 0 => null,
            1 => secret.Data.Keys.Single(),
            var count => throw new SecretStoreException(
                location.Store, operation, location, isTransient: false, $"the Secret has {count} keys: name one of them as `field`."),
        };

    /// <summary>The version that answers for this write already: of its token, or where the condition holds of an equal value. Null: it is
    /// to be written.</summary>
    /// <exception cref="SecretConflictException">Another version is current than the write expects.</exception>
    public static SecretVersion? Standing(SecretWrite write, ReadOnlySpan<byte> value, KubernetesSecret? secret)
    {
        if (Repeated(write, value, secret) is { } repeated)
        {
            return repeated;
        }

        if (secret?.Version != write.ExpectedVersion)
        {
            throw Conflict(write, (secret, write.ExpectedVersion) switch
            {
                (null, _) => $"version {write.ExpectedVersion} is expected, and the secret is absent.",
                (_, null) => $"the secret is expected to be absent, and has version {secret.Version}.",
                _ => $"version {write.ExpectedVersion} is expected, and {secret.Version} is current.",
            });
        }

        return secret is not null && Holds(write, value, secret) ? secret.Version : null;
    }

    /// <summary>The version that a write made whose answer was lost or was a conflict; null where it made none.</summary>
    /// <exception cref="SecretConflictException">It was made, and changed since.</exception>
    public static SecretVersion? Landed(SecretWrite write, ReadOnlySpan<byte> value, KubernetesSecret? secret) =>
        Repeated(write, value, secret) ?? (secret is not null && Holds(write, value, secret) ? secret.Version : null);

    /// <summary>The object to create, or the merge patch that replaces exactly the version that was read.</summary>
    public static byte[] Compose(SecretWrite write, string name, byte[] value, KubernetesSecret? secret) =>
        KubernetesJson.Write((value.Length / 3 * 4 * (1 + write.MoreFields.Count)) + 8192, json =>
        {
            if (secret is null)
            {
                json.WriteString("apiVersion", "v1");
                json.WriteString("kind", "Secret");
                json.WriteString("type", "Opaque");
            }

            json.WriteStartObject("metadata");
            json.WriteString(secret is null ? "name" : "resourceVersion", secret is null ? name : secret.Metadata.ResourceVersion);
            WriteAnnotations(json, write.Token, secret);
            json.WriteEndObject();
            json.WriteStartObject("data");
            foreach (var key in KeysOf(write, secret))
            {
                json.WriteBase64String(key, value);
            }

            json.WriteEndObject();
        });

    /// <summary>Makes sure that the server would take the write, and nobody would take it back.</summary>
    /// <exception cref="SecretStoreException">It would not, or somebody would.</exception>
    public static void RequireWritable(SecretWrite write, ReadOnlySpan<byte> value, KubernetesSecret? secret)
    {
        var replaced = KeysOf(write, secret);
        var others = secret?.Data.Where(entry => !replaced.Contains(entry.Key)).Sum(entry => entry.Value.Length) ?? 0;
        var advice = secret switch
        {
            { IsImmutable: true } => "the Secret is immutable: make a new one and have consumers read it.",
            { Metadata.IsControlled: true } => ControlledAdvice,
            _ when others + (replaced.Count * (long)value.Length) > MaxBytes => "the Secret's values together would be larger than 1 MiB.",
            _ => null,
        };
        if (advice is not null)
        {
            throw new SecretStoreException(write.Location.Store, "write", write.Location, isTransient: false, advice);
        }
    }

    /// <summary>A conflict of a write.</summary>
    public static SecretConflictException Conflict(SecretWrite write, string advice) => new(write.Location.Store, write.Location, advice);

    private static SecretVersion? Repeated(SecretWrite write, ReadOnlySpan<byte> value, KubernetesSecret? secret)
    {
        var token = write.Token.ToString("D");
        if (secret?.Metadata.Annotations.GetValueOrDefault(Last) == token)
        {
            return Holds(write, value, secret)
                ? secret.Version
                : throw Conflict(
                    write, "this write was made, and the value is another one now: somebody wrote since, or its token was used twice.");
        }

        var noted = EarlierOf(secret).FirstOrDefault(entry => entry.StartsWith(token + "=", StringComparison.Ordinal));
        return noted is null ? null : new SecretVersion(noted[(token.Length + 1)..]);
    }

    private static void WriteAnnotations(Utf8JsonWriter json, Guid token, KubernetesSecret? secret)
    {
        json.WriteStartObject("annotations");
        json.WriteString(KubernetesMetadata.Prefix + Last, token.ToString("D"));
        if (secret?.Metadata.Annotations.GetValueOrDefault(Last) is { } last)
        {
            var earlier = EarlierOf(secret).Prepend($"{last}={secret.Metadata.ResourceVersion}").Take(EarlierKept);
            json.WriteString(KubernetesMetadata.Prefix + Earlier, string.Join(' ', earlier));
        }

        json.WriteEndObject();
    }

    private static string[] EarlierOf(KubernetesSecret? secret) =>
        secret?.Metadata.Annotations.GetValueOrDefault(Earlier)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static bool Holds(SecretWrite write, ReadOnlySpan<byte> value, KubernetesSecret secret)
    {
        foreach (var key in KeysOf(write, secret))
        {
            if (!secret.Data.TryGetValue(key, out var held) || !CryptographicOperations.FixedTimeEquals(held, value))
            {
                return false;
            }
        }

        return true;
    }

    private static List<string> KeysOf(SecretWrite write, KubernetesSecret? secret) =>
        [.. write.Locations.Select(location => KeyOf(location, "write", secret) ?? WholeKey)];
}
