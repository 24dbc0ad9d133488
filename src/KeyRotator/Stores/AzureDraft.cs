using System.Security.Cryptography;
using System.Text;
using KeyRotator.Secrets;

namespace KeyRotator.Stores;

/// <summary>What a write would put into a version.</summary>
internal static class AzureDraft
{
    /// <summary>The version to add: content type and tags of the current one, and the mark.</summary>
    /// <exception cref="SecretStoreException">The value does not fit there, or is too large.</exception>
    public static AzureSecret Of(SecretWrite write, AzureSecret? current, AzureMark mark)
    {
        var content = ContentOf(write, current);
        try
        {
            var version = new AzureVersion("")
            {
                Name = write.Location.Name,
                ContentType = current?.Version.ContentType,
                Tags = mark.In(current is null ? [] : AzureMark.Strip(current.Version)),
            };
            return content.Length <= AzureWriter.MaxBytes
                ? new AzureSecret(version, new SecretValue(Encoding.UTF8.GetString(content)))
                : throw new SecretStoreException(write.Location.Store, "write", write.Location, isTransient: false,
                    $"a secret holds at most {AzureWriter.MaxBytes} bytes.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    /// <summary>Whether a secret has the write's value where the write puts it.</summary>
    /// <exception cref="SecretStoreException">It has no fields.</exception>
    public static bool Holds(AzureSecret secret, SecretWrite write) =>
        write.Locations.All(location => secret.Read(location)?.Value.Reveal() == write.Value.Reveal());

    private static byte[] ContentOf(SecretWrite write, AzureSecret? current)
    {
        if (write.Location.Field is null)
        {
            return JsonFields.Encode(write.Value, write.Location, "write");
        }

        var old = current is null ? "{}"u8.ToArray() : JsonFields.Encode(current.Value, write.Location, "write");
        try
        {
            return JsonWrites.Replace(old, write);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(old);
        }
    }
}
