using System.Net;
using System.Net.Sockets;

namespace Cluster.Tests.Tls;

/// <summary>Stands between two processes on 127.0.0.1, passes what they say, and keeps it.</summary>
internal sealed class RecordingRelay : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly MemoryStream said = new();
    private readonly int target;

    public RecordingRelay(int target)
    {
        this.target = target;
        listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What passed so far, both ways.</summary>
    public byte[] Said
    {
        get
        {
            lock (said)
                return said.ToArray();
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
        said.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Pass(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay ends.
        }
    }

    private async Task Pass(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target, stop.Token);
                await Task.WhenAny(Copy(client.GetStream(), server.GetStream()), Copy(server.GetStream(), client.GetStream()));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone, and so is the other.
            }
        }
    }

    private async Task Copy(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReadAsync(buffer, stop.Token)) > 0;)
        {
            lock (said)
                said.Write(buffer, 0, count);
            await to.WriteAsync(buffer.AsMemory(0, count), stop.Token);
        }
    }
}
