using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Servers;

/// <summary>Where a connection is cut, as the client's commit passes.</summary>
public enum Cut : byte
{
    /// <summary>The server gets nothing of the commit, or only its beginning.</summary>
    BeforeServer = 1,

    /// <summary>The server gets all of it and may be at work still; nobody hears its answer.</summary>
    WhileServerWorks = 2,

    /// <summary>The server has answered; nothing of the answer arrives.</summary>
    BeforeAnswer = 3,

    /// <summary>A part of the answer arrives.</summary>
    InAnswer = 4,
}

/// <summary>
/// Stands between a client and its PostgreSQL server on 127.0.0.1, passes bytes both ways, and cuts the connection where it is
/// told to. It reads just enough of the protocol to know a commit of the ledger: the call with dozens of parameters.
/// </summary>
public sealed class CuttingProxy(int serverPort, int seed) : LoopbackRelay(serverPort)
{
    private const int ManyParameters = 14;

    private readonly ConcurrentQueue<Cut> next = new();
    private readonly ConcurrentDictionary<Cut, int> counts = new();
    private readonly Random random = new(seed);

    /// <summary>How often each cut happened.</summary>
    public IReadOnlyDictionary<Cut, int> Counts => counts;

    /// <summary>The next commit that passes is cut so; further calls are for the ones after it.</summary>
    public void CutNextCommit(Cut cut) => next.Enqueue(cut);

    protected override async Task Pass(NetworkStream client, NetworkStream server)
    {
        var connection = new Passing(client, server);
        await Task.WhenAny(ToServer(connection), ToClient(connection));
    }

    private async Task ToServer(Passing connection)
    {
        var (from, to) = (connection.Client, connection.Server);
        // The first message has no type.
        var head = await Exactly(from, 4);
        await to.WriteAsync(head, Stop);
        await to.WriteAsync(await Exactly(from, BinaryPrimitives.ReadInt32BigEndian(head) - 4), Stop);
        while (true)
        {
            var type = await Exactly(from, 5);
            byte[] message = [.. type, .. await Exactly(from, BinaryPrimitives.ReadInt32BigEndian(type.AsSpan(1)) - 4)];
            if (IsCommit(message) && next.TryDequeue(out var cut))
            {
                counts.AddOrUpdate(cut, 1, static (_, count) => count + 1);
                if (cut == Cut.BeforeServer)
                {
                    await to.WriteAsync(message.AsMemory(0, Between(0, message.Length)), Stop);
                    return;
                }

                connection.Cut = cut;
            }

            await to.WriteAsync(message, Stop);
            if (connection.Cut == Cut.WhileServerWorks && message[0] == 'S')
                return;
        }
    }

    private async Task ToClient(Passing connection)
    {
        var (from, to) = (connection.Server, connection.Client);
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReadAsync(buffer, Stop)) > 0;)
        {
            if (connection.Cut == Cut.BeforeAnswer)
                return;
            if (connection.Cut == Cut.InAnswer)
            {
                await to.WriteAsync(buffer.AsMemory(0, Between(1, count)), Stop);
                return;
            }

            if (connection.Cut != Cut.WhileServerWorks)
                await to.WriteAsync(buffer.AsMemory(0, count), Stop);
        }
    }

    // Bind: portal and statement by name, formats, values.
    private static bool IsCommit(ReadOnlySpan<byte> message)
    {
        if (message[0] != 'B')
            return false;
        var rest = message[5..];
        rest = rest[(rest.IndexOf((byte)0) + 1)..];
        rest = rest[(rest.IndexOf((byte)0) + 1)..];
        rest = rest[(2 + (2 * BinaryPrimitives.ReadInt16BigEndian(rest)))..];
        return BinaryPrimitives.ReadInt16BigEndian(rest) > ManyParameters;
    }

    private int Between(int from, int before)
    {
        lock (random)
            return random.Next(from, before);
    }

    private async Task<byte[]> Exactly(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, Stop);
        return bytes;
    }

    private sealed class Passing(NetworkStream client, NetworkStream server)
    {
        public NetworkStream Client => client;

        public NetworkStream Server => server;

        public Cut Cut { get; set; }
    }
}
