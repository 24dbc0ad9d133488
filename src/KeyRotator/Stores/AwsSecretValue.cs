using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>One version's value, as <c>GetSecretValue</c> and <c>BatchGetSecretValue</c> give it. Dispose it, which clears it.</summary>
internal sealed class AwsSecretValue : IDisposable
{
    private AwsSecretValue(JsonElement answer)
    {
        Name = AwsWire.Text(answer, "Name");
        Arn = AwsWire.Text(answer, "ARN");
        Version = new(AwsWire.Text(answer, "VersionId"));
        Labels = AwsWire.OptionalTexts(answer, "VersionStages");
        WrittenAt = AwsWire.Time(answer, "CreatedDate");
        IsBinary = AwsWire.Member(answer, "SecretString") is null;
        Bytes = IsBinary
            ? answer.GetProperty("SecretBinary").GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(AwsWire.Text(answer, "SecretString"));
    }

    /// <summary>The secret's name.</summary>
    public string Name { get; }

    /// <summary>The secret's ARN.</summary>
    public string Arn { get; }

    /// <summary>The version.</summary>
    public SecretVersion Version { get; }

    /// <summary>The version's staging labels.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>When the version was written.</summary>
    public DateTimeOffset? WrittenAt { get; }

    /// <summary>Whether it is held as <c>SecretBinary</c>: what replaces it then is, too.</summary>
    public bool IsBinary { get; }

    /// <summary>The value.</summary>
    public byte[] Bytes { get; }

    /// <summary>Reads an answer, or one entry of a batch.</summary>
    public static AwsSecretValue Read(JsonElement answer) => new(answer);

    /// <inheritdoc />
    public void Dispose() => CryptographicOperations.ZeroMemory(Bytes);
}
