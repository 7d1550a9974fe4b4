using System.Net;
using System.Net.Sockets;

namespace Servers;

/// <summary>Stands between clients and a server on 127.0.0.1, on a free port. What passes, and how, is its kind's.</summary>
public abstract class LoopbackRelay : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly int serverPort;

    protected LoopbackRelay(int serverPort)
    {
        this.serverPort = serverPort;
        listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    protected CancellationToken Stop => stop.Token;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    /// <summary>Passes bytes both ways; once it ends, both connections do.</summary>
    protected abstract Task Pass(NetworkStream client, NetworkStream server);

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Connect(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay ends.
        }
    }

    private async Task Connect(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, serverPort, stop.Token);
                await Pass(client.GetStream(), server.GetStream());
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone, and so is the other.
            }
        }
    }
}
