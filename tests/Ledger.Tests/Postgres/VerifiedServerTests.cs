using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ledger.Postgres;
using Npgsql;
using Servers;

namespace Ledger.Tests.Postgres;

/// <summary>As production asks for it, the server's certificate is verified whole: who signed it, and for which host.</summary>
public sealed class VerifiedServerTests(VerifiedServerTests.TlsServer tls) : IClassFixture<VerifiedServerTests.TlsServer>
{
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
