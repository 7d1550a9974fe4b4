using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace Silo.Cluster.Tls;

/// <summary>
/// TLS on both ends of every connection of a cluster: each side shows its certificate, and goes on only with one that its authority signed
/// for <see cref="TlsFiles.Name"/>. Before that, not a byte of Orleans is read or written.
/// </summary>
internal sealed partial class ClusterTls(TlsFiles files, ILogger logger, TimeProvider time)
{
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Who has not said by then who he is, is cut off.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public ConnectionDelegate Inbound(ConnectionDelegate next) => context => Secure(context, next, static (stream, identity, cancellationToken) => stream.AuthenticateAsServerAsync(
        new SslServerAuthenticationOptions
        {
            ServerCertificateContext = identity.Shown,
            ClientCertificateRequired = true,
            CertificateChainPolicy = identity.Policy(),
            RemoteCertificateValidationCallback = IsOfCluster,
            EnabledSslProtocols = Versions,
            // Every connection is judged by the certificate that it shows.
            AllowTlsResume = false,
        },
        cancellationToken));

    public ConnectionDelegate Outbound(ConnectionDelegate next) => context => Secure(context, next, static (stream, identity, cancellationToken) => stream.AuthenticateAsClientAsync(
        new SslClientAuthenticationOptions
        {
            TargetHost = TlsFiles.Name,
            ClientCertificateContext = identity.Shown,
            CertificateChainPolicy = identity.Policy(),
            RemoteCertificateValidationCallback = IsOfCluster,
            EnabledSslProtocols = Versions,
            AllowTlsResume = false,
        },
        cancellationToken));

    private async Task Secure(ConnectionContext context, ConnectionDelegate next, Func<SslStream, TlsIdentity, CancellationToken, Task> shakeHands)
    {
        var bare = context.Transport;
        await using var stream = new SslStream(new PipeStream(bare));
        using (var patience = new CancellationTokenSource(Patience, time))
        using (var ending = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed, patience.Token))
        {
            try
            {
                await shakeHands(stream, files.Current(), ending.Token);
            }
            catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException)
            {
                Refused(logger, context.RemoteEndPoint, exception.InnerException?.Message ?? exception.Message);
                throw;
            }
        }

        var (input, output) = (PipeReader.Create(stream, Reading), PipeWriter.Create(stream, Writing));
        try
        {
            context.Transport = new Secured(input, output);
            await next(context);
        }
        finally
        {
            context.Transport = bare;
            await input.CompleteAsync();
            // What was not flushed by now is for nobody.
            await output.CompleteAsync(new ConnectionAbortedException());
        }
    }

    // The name holds for whoever calls, too: an authority may sign for others than this cluster.
    private static bool IsOfCluster(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None && certificate is X509Certificate2 peer && peer.MatchesHostname(TlsFiles.Name, allowCommonName: false);

    [LoggerMessage(2, LogLevel.Warning, "No connection with {Peer}: it and this process do not trust each other's certificate, or it speaks no TLS: {Reason}")]
    private static partial void Refused(ILogger logger, System.Net.EndPoint? peer, string reason);

    // A record of TLS has up to 16 KB.
    private static StreamPipeReaderOptions Reading { get; } = new(bufferSize: 16 * 1024, leaveOpen: true);

    private static StreamPipeWriterOptions Writing { get; } = new(minimumBufferSize: 16 * 1024, leaveOpen: true);

    private sealed record Secured(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
