using System.Text.Json.Nodes;

namespace KeyRotator.Tests.Stores;

/// <summary>A secret of <see cref="AwsSecretsManagerFake"/>.</summary>
public sealed class AwsFakeSecret
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public OrderedDictionary<string, AwsFakeVersion> Versions { get; } = [];

    public Dictionary<string, string> Tags { get; } = [];

    public DateTimeOffset? DeletedAt { get; set; }

    public DateTimeOffset? LastReadAt { get; set; }

    public string? OwningService { get; set; }

    public bool IsRotated { get; set; }

    public bool IsReplica { get; set; }

    public string? Holder(string label) => Versions.FirstOrDefault(version => version.Value.Labels.Contains(label)).Key;

    public string? CurrentText => Holder("AWSCURRENT") is { } id ? Versions[id].Text : null;
}

/// <summary>One of its versions.</summary>
public sealed class AwsFakeVersion
{
    public string? Text { get; init; }

    public string? Binary { get; init; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? LastReadAt { get; set; }

    public HashSet<string> Labels { get; } = [];

    public bool IsSame(JsonObject call) =>
        call["SecretString"]?.GetValue<string>() == Text && call["SecretBinary"]?.GetValue<string>() == Binary;
}
