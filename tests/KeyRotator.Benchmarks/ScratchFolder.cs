namespace KeyRotator.Benchmarks;

/// <summary>A folder of its own that goes when it is disposed.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("keyrotator-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
