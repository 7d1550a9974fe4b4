namespace Bench;

/// <summary>Where the databases of one run live: on a real disk, gone afterwards.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private int directories;

    public ScratchDirectory(string? parent)
    {
        parent ??= IsMemory(System.IO.Path.GetTempPath()) && Directory.Exists("/var/tmp") ? "/var/tmp" : System.IO.Path.GetTempPath();
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"payments-bench-{Guid.NewGuid():N}")).FullName;
    }

    public string Path { get; }

    /// <summary>The file system's name, since an fsync in memory is none.</summary>
    public string FileSystem => new DriveInfo(Path).DriveFormat;

    public string New(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, $"{++directories}-{name}")).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static bool IsMemory(string path) => new DriveInfo(path).DriveFormat is "tmpfs" or "ramfs";
}
