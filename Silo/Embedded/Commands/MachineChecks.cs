using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Silo.Embedded.Commands;

/// <summary>Checks of the machine: its ports, its disk's promise, its clock.</summary>
internal static class MachineChecks
{
    private const int FsyncRounds = 32;
    private const int FsyncBytes = 4_096;

    /// <summary>A commit waits for one fsync: above this, few commits a second are possible however they are batched.</summary>
    private static readonly TimeSpan SlowFsync = TimeSpan.FromMilliseconds(10);

    /// <summary>Faster than any storage that survives a loss of power without a battery: the sync may be a promise only.</summary>
    private static readonly TimeSpan SuspiciousFsync = TimeSpan.FromTicks(TimeSpan.TicksPerMicrosecond * 15);

    private static readonly TimeSpan ClockSample = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMilliseconds(20);

    public static async Task<Finding> Port(string url, CancellationToken cancellationToken)
    {
        var check = "port";
        if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var address))
            return new Finding(check, CheckState.Wrong, $"'{url}' is no address.", "Write it like http://127.0.0.1:8080.");
        var host = address.Host is "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address.Host.Trim('[', ']'), out var parsed) ? parsed : null;
        if (host is null)
            return new Finding(check, CheckState.Doubtful, $"{url}: a name is not checked, only an IP address.");
        try
        {
            using var listener = new TcpListener(host, address.Port);
            listener.Start();
            return new Finding(check, CheckState.Good, $"{url} is free.");
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return await IsPayments(address, cancellationToken)
                ? new Finding(check, CheckState.Good, $"Payments serves {url}.")
                : new Finding(check, CheckState.Wrong, $"Another program listens at {url}.", "End it, or start with another --urls.");
        }
        catch (SocketException exception)
        {
            return new Finding(check, CheckState.Wrong, $"{url} cannot be listened on: {exception.Message}.", "Start with another --urls.");
        }
    }

    /// <summary>How long the disk of the data directory takes to make 4 KiB durable.</summary>
    public static Finding Fsync(string directory)
    {
        const string Check = "fsync";
        var place = DataChecks.Nearest(directory);
        var path = Path.Combine(place, $".fsync-{Environment.ProcessId}");
        var times = new List<TimeSpan>(FsyncRounds);
        try
        {
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.DeleteOnClose });
            var block = new byte[FsyncBytes];
            for (var round = 0; round < FsyncRounds; round++)
            {
                file.Write(block);
                var started = Stopwatch.GetTimestamp();
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(started));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new Finding(Check, CheckState.Wrong, $"Nothing can be written in '{place}': {exception.Message}");
        }

        times.Sort();
        var median = times[FsyncRounds / 2];
        var detail = $"{Microseconds(median)} in the middle, {Microseconds(times[^1])} at worst, of {FsyncRounds}.";
        return median > SlowFsync
            ? new Finding(Check, CheckState.Doubtful, detail, "A payment waits for it: a faster disk answers sooner.")
            : median < SuspiciousFsync
                ? new Finding(Check, CheckState.Doubtful, detail, "Too fast for most storage: make sure that the disk does not lose what it has confirmed.")
                : new Finding(Check, CheckState.Good, detail);
    }

    /// <summary>Whether the wall clock runs like the steady one, and is not far in the past.</summary>
    public static async Task<Finding> Clock(CancellationToken cancellationToken)
    {
        const string Check = "clock";
        var time = TimeProvider.System;
        var (wall, steady) = (time.GetUtcNow(), time.GetTimestamp());
        await Task.Delay(ClockSample, time, cancellationToken);
        var drift = (time.GetUtcNow() - wall - time.GetElapsedTime(steady)).Duration();
        var built = File.GetLastWriteTimeUtc(Environment.ProcessPath ?? typeof(MachineChecks).Assembly.Location);
        var now = time.GetUtcNow();
        if (now < built)
            return new Finding(Check, CheckState.Wrong, $"It says {now:yyyy-MM-dd HH:mm:ss} UTC, before this program was installed.", "Set it, and let a time service keep it.");
        return drift > ClockTolerance
            ? new Finding(Check, CheckState.Doubtful, $"It moved {drift.TotalMilliseconds:0} ms against the steady clock within {ClockSample.TotalMilliseconds:0} ms.", "Something sets it: let a time service slew it instead.")
            : new Finding(Check, CheckState.Good, $"{now:yyyy-MM-dd HH:mm:ss} UTC, steady.");
    }

    private static async Task<bool> IsPayments(Uri address, CancellationToken cancellationToken)
    {
        using var server = new ServerConnection(address, "");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            return (await server.Get("/health/live", patience.Token)).Body.Text("status") == "live";
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string Microseconds(TimeSpan time) => time < TimeSpan.FromMilliseconds(1) ? $"{time.TotalMicroseconds:0} µs" : $"{time.TotalMilliseconds:0.0} ms";
}
