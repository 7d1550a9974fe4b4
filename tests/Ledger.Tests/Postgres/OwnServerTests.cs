using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ledger.Postgres;
using Npgsql;
using Servers;
using Xunit.Abstractions;

namespace Ledger.Tests.Postgres;

/// <summary>What takes a server that is set up for it: commits that wait for its disk, and its certificate.</summary>
public sealed class OwnServerTests : IClassFixture<OwnServerTests.TlsServer>
{
    private readonly TlsServer tls;
    private readonly ITestOutputHelper output;

    public OwnServerTests(TlsServer tls, ITestOutputHelper output) => (this.tls, this.output) = (tls, output);

    [Fact]
    public void Each_payment_waits_for_a_sync_of_the_log()
    {
        const int Payments = 50;
        var settings = PostgresSettings.Parse(tls.Server.NewDatabase(), isProduction: false);
        JournalDraft draft;
        using (var store = new PostgresStore(settings, TimeProvider.System))
        {
            draft = new JournalDraft(store);
            draft.CommitAll(draft.Open("A"), draft.Open("B"));
            Assert.Equal(Refusal.None, draft.Commit(draft.Fund("A", 1_000)));
        }

        var before = Syncs();
        using (var store = new PostgresStore(settings, TimeProvider.System))
        {
            draft.Store = store;
            for (var i = 0; i < Payments; i++)
                Assert.Equal(Refusal.None, draft.Commit(draft.Pay("A", "B", 1)));
        }

        var rise = Syncs() - before;
        output.WriteLine($"{rise} syncs of the write-ahead log over {Payments} payments one after another.");
        Assert.InRange(rise, Payments, long.MaxValue);
    }

    [Fact]
    public void A_server_whose_certificate_is_trusted_and_its_own_is_taken()
    {
        using var store = new PostgresStore(Verified(tls.Server.NewDatabase(), tls.Certificate, "127.0.0.1"), TimeProvider.System);
        Assert.Equal(0, store.LastPosition);
        Assert.True(tls.Scalar<long>("select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid) where a.application_name = 'payments' and s.ssl") > 0);
    }

    [Fact]
    public void A_certificate_of_an_authority_that_is_not_trusted_is_refused()
    {
        using var other = new TemporaryDirectory();
        var path = other.File("other.crt");
        TlsServer.WriteCertificate(path, other.File("other.key"));
        Assert.Throws<LedgerStoreException>(() => new PostgresStore(Verified(tls.Server.NewDatabase(), path, "127.0.0.1"), TimeProvider.System));
    }

    [Fact]
    public void A_certificate_of_another_host_is_refused() =>
        Assert.Throws<LedgerStoreException>(() => new PostgresStore(Verified(tls.Server.NewDatabase(), tls.Certificate, "localhost"), TimeProvider.System));

    // As a production process would be set up.
    private static PostgresSettings Verified(string database, string rootCertificate, string host) => PostgresSettings.Parse(
        new NpgsqlConnectionStringBuilder(database) { Host = host, SslMode = SslMode.VerifyFull, RootCertificate = rootCertificate }.ConnectionString, isProduction: true);

    // A backend counts as it ends: the store's are gone first. From PostgreSQL 18 on the counter is another view's.
    private long Syncs()
    {
        while (tls.Scalar<long>("select count(*) from pg_stat_activity where application_name = 'payments'") > 0)
            Thread.Sleep(10);
        return tls.Scalar<int>("select current_setting('server_version_num')::int") >= 180_000
            ? tls.Scalar<long>("select sum(fsyncs)::bigint from pg_stat_io where object = 'wal'")
            : tls.Scalar<long>("select wal_sync from pg_stat_wal");
    }

    /// <summary>A server with a certificate of its own, for the address 127.0.0.1.</summary>
    public sealed class TlsServer : IDisposable
    {
        private readonly OwnServer own;

        public TlsServer() => own = new OwnServer(home =>
        {
            WriteCertificate(Path.Combine(home, "server.crt"), Path.Combine(home, "server.key"));
            Certificate = Path.Combine(home, "server.crt");
            return ["ssl=on", $"ssl_cert_file={Certificate}", $"ssl_key_file={Path.Combine(home, "server.key")}"];
        });

        public PostgresServer Server => own.Server;

        public string Certificate { get; private set; } = "";

        /// <summary>Self-signed, and so its own authority.</summary>
        public static void WriteCertificate(string certificatePath, string keyPath)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=a ledger's server", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            var now = TimeProvider.System.GetUtcNow();
            using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
            File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(keyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        public T Scalar<T>(string sql)
        {
            using var connection = new NpgsqlConnection(Server.ConnectionString("postgres") + ";Pooling=false");
            connection.Open();
            using var command = new NpgsqlCommand(sql, connection);
            return (T)command.ExecuteScalar()!;
        }

        public void Dispose() => own.Dispose();
    }
}
