using System.Runtime.InteropServices;

namespace Bench.Http;

/// <summary>The few system calls of the load generator: sockets without a runtime's scheduler in between, waits to the microsecond.</summary>
internal static unsafe partial class LibC
{
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int WouldBlock = 11;
    public const int Interrupted = 4;
    private const int NoSignal = 0x4000;
    private const int SetTimerSlack = 29;

    /// <summary>Waits until a socket is ready or the time is over; the number of ready ones.</summary>
    public static int Poll(Span<PollDescriptor> descriptors, TimeSpan timeout)
    {
        var time = new CpuTime.TimeSpec { Seconds = (long)timeout.TotalSeconds, Nanoseconds = (long)timeout.TotalNanoseconds % 1_000_000_000 };
        fixed (PollDescriptor* first = descriptors)
        {
            var ready = PPoll(first, (ulong)descriptors.Length, &time, null);
            return ready >= 0 ? ready : Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw Failed("ppoll");
        }
    }

    /// <summary>Bytes received; 0 at the end of the stream, -1 where there is nothing yet.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
            return Moved(Recv(socket, first, (nuint)buffer.Length, 0), "recv");
    }

    /// <summary>Bytes sent; -1 where the socket takes none for now.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
            return Moved(Send(socket, first, (nuint)bytes.Length, NoSignal), "send");
    }

    /// <summary>Lets this thread wake when it asked to, instead of up to 50 µs later.</summary>
    public static void WakeOnTime() => _ = PrCtl(SetTimerSlack, 1, 0, 0, 0);

    private static int Moved(nint result, string call) =>
        result >= 0 ? (int)result : Marshal.GetLastPInvokeError() is WouldBlock or Interrupted ? -1 : throw Failed(call);

    private static InvalidOperationException Failed(string call) => new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    [LibraryImport("libc", EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PPoll(PollDescriptor* descriptors, ulong count, CpuTime.TimeSpec* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int PrCtl(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Socket;
        public short Events;
        public short Happened;
    }
}
