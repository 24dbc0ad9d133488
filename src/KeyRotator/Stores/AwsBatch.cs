using System.Collections.Concurrent;
using System.Text.Json;

namespace KeyRotator.Stores;

/// <summary>What was found out about the secrets of a batch, each fetched once however many locations want it. Dispose it, which clears
/// the values.</summary>
internal sealed class AwsBatch : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Whether it is known what is there: a value, nothing, or a failure.</summary>
    public bool Knows(string name) => _entries.ContainsKey(name);

    /// <summary>Takes a page of <c>BatchGetSecretValue</c>.</summary>
    /// <remarks>Of its errors only absence is taken: the others are asked for by themselves, and so is a value that is not the current one,
    /// which servers that stand in for AWS give.</remarks>
    public void Take(JsonElement page)
    {
        foreach (var entry in page.GetProperty("SecretValues").EnumerateArray())
        {
            var value = AwsSecretValue.Read(entry);
            if (value.Labels.Contains(AwsSecretState.CurrentLabel))
            {
                Set(value.Name, value);
                Set(value.Arn, value);
            }
            else
            {
                value.Dispose();
            }
        }

        foreach (var error in AwsWire.Member(page, "Errors")?.EnumerateArray() ?? default)
        {
            if (AwsError.Named(AwsWire.Text(error, "ErrorCode")) is AwsErrorKind.Absent)
            {
                Set(AwsWire.Text(error, "SecretId"), null);
            }
        }
    }

    /// <summary>Notes a secret's current value, or null for absence.</summary>
    public void Set(string name, AwsSecretValue? value) => _entries[name] = new(value, null);

    /// <summary>Notes that a secret could not be read.</summary>
    public void Fail(string name, SecretStoreException failure) => _entries[name] = new(null, failure);

    /// <summary>The value of a secret that is known, or null for absence.</summary>
    /// <exception cref="SecretStoreException">It could not be read.</exception>
    public AwsSecretValue? Get(string name)
    {
        var entry = _entries[name];
        return entry.Failure is { } failure ? throw failure : entry.Value;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Value?.Dispose();
        }
    }

    private readonly record struct Entry(AwsSecretValue? Value, SecretStoreException? Failure);
}
