using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench.Http;

/// <summary>One keep-alive connection of the load generator, with one request under way at most.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket socket;
    private byte[] received = new byte[16 * 1024];
    private int receivedLength;
    private ReadOnlyMemory<byte> toSend;

    public LoadConnection(IPEndPoint server)
    {
        socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        socket.Blocking = false;
        Handle = (int)socket.Handle;
    }

    public int Handle { get; }

    public bool IsBusy { get; private set; }

    /// <summary>When the request under way was due.</summary>
    public long DueAt { get; private set; }

    /// <summary>What to wait for.</summary>
    public short Events => toSend.IsEmpty ? LibC.PollIn : (short)(LibC.PollIn | LibC.PollOut);

    public void Send(ReadOnlyMemory<byte> request, long dueAt)
    {
        (IsBusy, DueAt, toSend, receivedLength) = (true, dueAt, request, 0);
        Continue();
    }

    /// <summary>Sends what is left of the request.</summary>
    public void Continue()
    {
        while (!toSend.IsEmpty)
        {
            var sent = LibC.Send(Handle, toSend.Span);
            if (sent < 0)
                return;
            toSend = toSend[sent..];
        }
    }

    /// <summary>Takes what arrived; true once the answer is whole.</summary>
    public bool Receive(out Answer answer)
    {
        answer = default;
        while (true)
        {
            if (receivedLength == received.Length)
                Array.Resize(ref received, received.Length * 2);
            var count = LibC.Receive(Handle, received.AsSpan(receivedLength));
            if (count < 0)
                return false;
            if (count == 0)
                throw new InvalidOperationException($"The server closed a connection: {Encoding.UTF8.GetString(received, 0, receivedLength)}");
            receivedLength += count;
            if (!Answer.TryRead(received.AsSpan(0, receivedLength), out answer))
                continue;
            IsBusy = false;
            return true;
        }
    }

    public void Dispose() => socket.Dispose();
}
