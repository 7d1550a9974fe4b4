using System.Globalization;
using System.Runtime.InteropServices;

namespace Bench;

/// <summary>CPU time, user and system: of this process, of one of its threads, of a process tree.</summary>
internal static partial class CpuTime
{
    private const int ProcessClock = 2;
    private const int ThreadClock = 3;
    private const int TicksPerSecond = 100;

    public static TimeSpan OfThisProcess() => Read(ProcessClock);

    public static TimeSpan OfThisThread() => Read(ThreadClock);

    /// <summary>Of a process and its children, running and ended: the kernel counts in hundredths of a second.</summary>
    public static TimeSpan OfTree(int processId)
    {
        var ticks = Ticks(processId, withChildren: true);
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var candidate) && ParentOf(candidate) == processId)
                ticks += Ticks(candidate, withChildren: false);
        return TimeSpan.FromSeconds((double)ticks / TicksPerSecond);
    }

    private static long Ticks(int processId, bool withChildren)
    {
        var fields = Stat(processId);
        if (fields.Length == 0)
            return 0;
        // Fields 14 to 17 of proc(5): utime, stime, cutime, cstime; the first two fields are cut off.
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return withChildren ? ticks + long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture) : ticks;
    }

    private static int ParentOf(int processId)
    {
        var fields = Stat(processId);
        return fields.Length == 0 ? 0 : int.Parse(fields[1], CultureInfo.InvariantCulture);
    }

    // Behind the name, which may hold anything in its parentheses.
    private static string[] Stat(int processId)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{processId}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It ended between the listing and the reading: its parent has its time now.
            return [];
        }
    }

    private static TimeSpan Read(int clock)
    {
        if (ClockGetTime(clock, out var time) != 0)
            throw new InvalidOperationException("The machine does not tell CPU time.");
        return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
