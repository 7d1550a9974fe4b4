namespace Grains.Fraud.Features;

/// <summary>Lengths of the windows, in milliseconds. A window of w at a time t holds what happened in (t − w, t].</summary>
public static class WindowMs
{
    public const long Minute = 60_000;
    public const long TenMinutes = 10 * Minute;
    public const long Hour = 60 * Minute;
    public const long Day = 24 * Hour;
    public const long Week = 7 * Day;
    public const long Month = 30 * Day;
    public const long Quarter = 90 * Day;
}
