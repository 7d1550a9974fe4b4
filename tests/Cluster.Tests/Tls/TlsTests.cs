using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Cluster.Tls;
using Silo.Tests;

namespace Cluster.Tests.Tls;

/// <summary>Who is let into a cluster whose processes have certificates, and what of it can be read on the way.</summary>
public sealed class TlsTests : IDisposable
{
    private const string Secret = "what nobody else may read";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestAuthority authority = new();
    private readonly TestAuthority stranger = new();

    public void Dispose()
    {
        authority.Dispose();
        stranger.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_passes_on_the_way_is_readable_only_without_TLS(bool isSecured)
    {
        await using var silo = await TlsSilo.Start(isSecured ? authority.Issue() : null);
        using var client = silo.Client(isSecured ? authority.Issue() : null);
        await client.StartAsync().WaitAsync(Patience);

        await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IProbeGrainActor>("probe").Note(new Remark(Secret)).WaitAsync(Patience);

        Assert.Equal([Secret], silo.World.Notes);
        Assert.Equal(!isSecured, Contains(silo.Said, Secret));
        // Orleans says its cluster's name first.
        Assert.Equal(!isSecured, Contains(silo.Said, TlsSilo.ClusterName));
        await client.StopAsync().WaitAsync(Patience);
    }

    public static TheoryData<string, bool> Callers => new()
    {
        { "one of the cluster", true },
        { "without a certificate", false },
        { "of another authority", false },
        { "whose certificate has ended", false },
        { "of another name", false },
        { "who may only be called", false },
        { "who speaks no TLS", false },
    };

    [Theory]
    [MemberData(nameof(Callers))]
    public async Task A_silo_says_nothing_to_who_is_not_of_its_cluster(string caller, bool isLetIn)
    {
        await using var silo = await TlsSilo.Start(authority.Issue());
        Assert.Equal(isLetIn, await HearsAnything(silo.SiloPort, caller));
        if (!isLetIn)
            Assert.False(await HearsAnything(silo.GatewayPort, caller));
    }

    [Theory]
    [InlineData("one of the cluster", true)]
    [InlineData("of another authority", false)]
    [InlineData("whose certificate has ended", false)]
    [InlineData("of another name", false)]
    public async Task A_client_says_nothing_to_who_is_not_of_its_cluster(string server, bool isTalkedTo)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var shown = TestAuthority.Load(Of(server));
        using var client = TlsSilo.Client(((IPEndPoint)listener.LocalEndpoint).Port, authority.Issue());
        using var stop = new CancellationTokenSource();
        var starting = client.StartAsync(stop.Token);

        using var connection = await listener.AcceptTcpClientAsync().WaitAsync(Patience);
        await using var stream = new SslStream(connection.GetStream());
        var heard = Hears(stream, () => stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = shown,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        }));

        Assert.Equal(isTalkedTo, await heard.WaitAsync(Patience));
        Assert.False(starting.IsCompletedSuccessfully);
        await stop.CancelAsync();
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_what_cannot_be_used_is_not()
    {
        var settings = authority.Issue();
        await using var silo = await TlsSilo.Start(settings);
        var first = await Shown(silo.SiloPort);

        authority.Renew(settings);
        var second = await Shown(silo.SiloPort);
        Assert.NotEqual(first, second);

        // The key came, and its certificate not yet.
        File.Copy(authority.Issue().Key!, settings.Key!, overwrite: true);
        Assert.Equal(second, await Shown(silo.SiloPort));
        authority.Renew(settings, endsInDays: -1);
        Assert.Equal(second, await Shown(silo.SiloPort));
        authority.Renew(settings);
        Assert.NotEqual(second, await Shown(silo.SiloPort));
    }

    [Fact]
    public async Task Two_authorities_are_trusted_while_one_follows_the_other()
    {
        var (settings, next) = (authority.Issue(), stranger.Issue());
        await using var silo = await TlsSilo.Start(settings);
        Assert.False(await HearsAnything(silo.SiloPort, "of another authority"));
        File.AppendAllText(settings.Authority!, "\n" + File.ReadAllText(next.Authority!));
        Assert.True(await HearsAnything(silo.SiloPort, "of another authority"));
        Assert.True(await HearsAnything(silo.SiloPort, "one of the cluster"));
    }

    [Theory]
    [InlineData("Certificate", "Payments:Cluster:Tls:Certificate is missing: Certificate, Key and Authority go together.")]
    [InlineData("Key", "Payments:Cluster:Tls:Key is missing: Certificate, Key and Authority go together.")]
    [InlineData("Authority", "Payments:Cluster:Tls:Authority is missing: Certificate, Key and Authority go together.")]
    public void Half_of_the_settings_are_refused(string missing, string message)
    {
        var settings = authority.Issue();
        typeof(TlsSettings).GetProperty(missing)!.SetValue(settings, null);
        Assert.Equal(message, Assert.Throws<ValidationException>(() => Validator.ValidateObject(settings, new ValidationContext(settings), validateAllProperties: true)).Message);
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "no file", "Could not find" },
        { "another one's key", "does not match" },
        { "ended", "expired" },
        { "another name", "'payments-cluster' is not among its DNS names." },
        { "another authority", "The authority's own check of it for server authentication fails" },
        { "for servers alone", "The authority's own check of it for client authentication fails" },
        { "for clients alone", "The authority's own check of it for server authentication fails" },
        { "no PEM", "PEM" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void What_cannot_be_used_is_said_at_the_start(string what, string message)
    {
        var settings = what switch
        {
            "ended" => authority.Issue(endsInDays: -1),
            "another name" => authority.Issue(name: "payments-other"),
            "for servers alone" => authority.Issue(usage: "1.3.6.1.5.5.7.3.1"),
            "for clients alone" => authority.Issue(usage: "1.3.6.1.5.5.7.3.2"),
            _ => authority.Issue(),
        };
        switch (what)
        {
            case "no file":
                File.Delete(settings.Certificate!);
                break;
            case "another one's key":
                settings.Key = authority.Issue().Key;
                break;
            case "another authority":
                settings.Authority = stranger.Issue().Authority;
                break;
            case "no PEM":
                File.WriteAllText(settings.Certificate!, "no certificate");
                break;
        }

        var refusal = Assert.Throws<ValidationException>(() => TlsHosting.AddClusterTls(new ServiceCollection(), settings, NullLogger.Instance));
        Assert.StartsWith("Payments:Cluster:Tls: the certificate '", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    // Orleans' first bytes, or none.
    private async Task<bool> HearsAnything(int port, string caller)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port);
        if (caller == "who speaks no TLS")
        {
            // As long as a preamble of Orleans; a server of TLS may answer with an alert, and with nothing of Orleans.
            await connection.GetStream().WriteAsync(new byte[64]);
            return await Hears(connection.GetStream(), static () => Task.CompletedTask);
        }

        using var shown = caller == "without a certificate" ? null : TestAuthority.Load(Of(caller));
        await using var stream = new SslStream(connection.GetStream());
        return await Hears(stream, () => Connect(stream, shown));
    }

    private TlsSettings Of(string peer) => peer switch
    {
        "one of the cluster" => authority.Issue(),
        "of another authority" => stranger.Issue(),
        "whose certificate has ended" => authority.Issue(endsInDays: -1),
        "of another name" => authority.Issue(name: "payments-other"),
        "who may only be called" => authority.Issue(usage: "1.3.6.1.5.5.7.3.1"),
        _ => throw new ArgumentOutOfRangeException(nameof(peer), peer, "No such peer."),
    };

    private static async Task<bool> Hears(Stream stream, Func<Task> shakeHands)
    {
        var heard = new byte[64];
        try
        {
            await shakeHands().WaitAsync(Patience);
            var count = await stream.ReadAsync(heard).AsTask().WaitAsync(Patience);
            const byte Alert = 21;
            return count > 0 && !(stream is NetworkStream && heard[0] == Alert);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return false;
        }
    }

    private async Task<string> Shown(int port)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(connection.GetStream());
        using var own = TestAuthority.Load(authority.Issue());
        await Connect(stream, own).WaitAsync(Patience);
        return stream.RemoteCertificate!.GetSerialNumberString();
    }

    private static Task Connect(SslStream stream, X509Certificate2? shown) => stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
    {
        TargetHost = TlsFiles.Name,
        LocalCertificateSelectionCallback = (_, _, _, _, _) => shown!,
        ClientCertificates = shown is null ? null : [shown],
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
    });

    private static bool Contains(byte[] bytes, string text) => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}
