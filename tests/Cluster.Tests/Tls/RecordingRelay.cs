using System.Net.Sockets;
using Servers;

namespace Cluster.Tests.Tls;

/// <summary>Passes what two processes say to each other, and keeps it.</summary>
internal sealed class RecordingRelay(int target) : LoopbackRelay(target)
{
    private readonly MemoryStream said = new();

    /// <summary>What passed so far, both ways.</summary>
    public byte[] Said
    {
        get
        {
            lock (said)
                return said.ToArray();
        }
    }

    protected override async Task Pass(NetworkStream client, NetworkStream server) =>
        await Task.WhenAny(Copy(client, server), Copy(server, client));

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        said.Dispose();
    }

    private async Task Copy(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReadAsync(buffer, Stop)) > 0;)
        {
            lock (said)
                said.Write(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count), Stop);
        }
    }
}
