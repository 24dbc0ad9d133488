using KeyRotator.Keys;

namespace KeyRotator.Stores;

/// <summary>A mounted key-value engine.</summary>
/// <param name="Mount">Where, without a slash at the end.</param>
/// <param name="Version">1, or 2 which keeps versions.</param>
internal sealed record VaultEngine(string Mount, int Version)
{
    /// <summary>Path of a secret's fields.</summary>
    public string Data(string path) => Version == 1 ? $"{Mount}/{path}" : $"{Mount}/data/{path}";

    /// <summary>Path of a secret's metadata, and of folders to list.</summary>
    public string Metadata(string path) => Version == 1 ? $"{Mount}/{path}" : $"{Mount}/metadata/{path}";
}

/// <summary>A secret in its engine.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Path">The path below the engine's mount.</param>
/// <param name="Location">The location that means it.</param>
internal sealed record VaultPath(VaultEngine Engine, string Path, SecretLocation Location)
{
    /// <summary>Path of its fields.</summary>
    public string Data => Engine.Data(Path);

    /// <summary>Path of its metadata.</summary>
    public string Metadata => Engine.Metadata(Path);
}
