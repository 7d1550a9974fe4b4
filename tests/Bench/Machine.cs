using System.Runtime.InteropServices;

namespace Bench;

/// <summary>On what the figures were measured: without it they say little.</summary>
internal sealed record Machine(string Cpu, int Cores, long MemoryMegabytes, string System, string Runtime, string FileSystem, string Load, string Scale, string At)
{
    public static Machine Describe(ScratchDirectory scratch, BenchScale scale) => new(
        FirstValue("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        scratch.FileSystem,
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Trim() : "",
        scale.Rounds == BenchScale.Quick.Rounds ? "quick" : "full",
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));

    private static string? FirstValue(string file, string name)
    {
        if (!File.Exists(file))
            return null;
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[(line.IndexOf(':') + 1)..].Trim();
    }
}
