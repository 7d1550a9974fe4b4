using System.Diagnostics;

namespace Crash;

/// <summary>A test that watches system calls: skipped, with the reason, only where the system does not let it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StraceFactAttribute : FactAttribute
{
    private static readonly string? Obstacle = FindObstacle();

    public StraceFactAttribute() => Skip = Obstacle;

    private static string? FindObstacle()
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("strace", ["-f", "-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            var why = trial.StandardError.ReadToEnd();
            trial.WaitForExit();
            return trial.ExitCode == 0 ? null : $"strace may not trace here: {why.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return $"strace cannot be started: {missing.Message}";
        }
    }
}
