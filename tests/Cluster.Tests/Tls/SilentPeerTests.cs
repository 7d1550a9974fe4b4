using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Cluster.Tls;
using Silo.Tests;

namespace Cluster.Tests.Tls;

/// <summary>A peer that connects, and says nothing.</summary>
public sealed class SilentPeerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Who_has_not_said_in_ten_seconds_who_he_is_is_cut_off()
    {
        using var authority = new TestAuthority();
        var time = new ManualTime();
        var tls = new ClusterTls(new TlsFiles(authority.Issue(), NullLogger.Instance), NullLogger.Instance, time);
        var (silent, unheard) = (new Pipe(), new Pipe());
        var connection = tls.Inbound(static _ => Task.CompletedTask)(new DefaultConnectionContext { Transport = new Ends(silent.Reader, unheard.Writer) });
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(connection.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.WaitAsync(Patience));
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
