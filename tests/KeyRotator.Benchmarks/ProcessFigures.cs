using System.Diagnostics;
using System.Globalization;

namespace KeyRotator.Benchmarks;

/// <summary>What the kernel knows of this process. Linux only.</summary>
internal static class ProcessFigures
{
    private const double TicksPerSecond = 100;

    public static double OwnCpuSeconds() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    /// <summary>CPU of all children that have ended, and of theirs.</summary>
    public static double ChildrenCpuSeconds()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[13..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    public static long PeakKiB() => Status("VmHWM:");

    public static long ResidentKiB() => Status("VmRSS:");

    /// <summary>Makes the peak count from now.</summary>
    public static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static long Status(string name)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
