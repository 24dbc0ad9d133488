namespace KeyRotator.Stores;

/// <summary>Lines of a Vault policy.</summary>
internal static class VaultPolicy
{
    /// <summary>The stanza that a refused call lacks; for a secret in a folder, for the whole folder.</summary>
    public static string Stanza(VaultRequest request) => Stanza(request.Path, request.Capabilities);

    /// <summary>The stanza that allows these on a path.</summary>
    public static string Stanza(string path, IReadOnlyList<string> capabilities)
    {
        var parts = path.Split('/');
        var wide = parts.Length > 3 && parts[1] is "data" or "metadata" ? string.Join('/', parts[..^1]) + "/*" : path;
        return $"path \"{wide}\" {{ capabilities = [{string.Join(", ", capabilities.Select(capability => $"\"{capability}\""))}] }}";
    }
}
