using System.Text.Json.Nodes;

namespace KeyRotator.Tests.Stores;

/// <summary>A version as the fake holds it.</summary>
internal sealed class AzureFakeVersion(string id, long created, string text)
{
    public string Id => id;

    public long Created => created;

    public string Text => text;

    public string? ContentType { get; init; }

    public JsonObject Attributes { get; init; } = [];

    public JsonObject Tags { get; set; } = [];

    public bool IsEnabled
    {
        get => (bool?)Attributes["enabled"] ?? true;
        set => Attributes["enabled"] = value;
    }
}

/// <summary>A secret as the fake holds it. The newest version is the last.</summary>
internal sealed class AzureFakeSecret(string name)
{
    public string Name => name;

    public List<AzureFakeVersion> Versions { get; } = [];

    public bool IsDeleted { get; set; }

    /// <summary>How many looks at the deleted secret are answered still as before its deletion or its purge.</summary>
    public int Looks { get; set; }

    /// <summary>Whether it is purged, though that may not be seen yet.</summary>
    public bool IsPurged { get; set; }

    /// <summary>Whether it is a certificate's.</summary>
    public bool IsManaged { get; set; }
}

/// <summary>A refusal: status, error code and inner error code.</summary>
internal sealed class AzureFakeRefusal(int status, string code, string message, string? inner = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public string? Inner => inner;
}
