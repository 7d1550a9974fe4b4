using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Silo.Cluster.Tls;

namespace Cluster.Tests.Tls;

/// <summary>An authority of one test, and the certificates that it signs.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("payments-tls-");
    private readonly X509Certificate2 root;
    private int issued;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=an authority of tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        // Authorities of one name are told apart by it.
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    /// <summary>A certificate with its key, as the files that a process is told of, in a directory of their own.</summary>
    /// <param name="name">Its DNS name.</param>
    /// <param name="endsInDays">Before today where it is negative.</param>
    /// <param name="usage">Its one extended key usage; none, and so every one, where it is null.</param>
    public TlsSettings Issue(string name = TlsFiles.Name, int endsInDays = 30, string? usage = null)
    {
        var place = directory.CreateSubdirectory($"{Interlocked.Increment(ref issued)}").FullName;
        var settings = new TlsSettings { Certificate = Path.Combine(place, "tls.crt"), Key = Path.Combine(place, "tls.key"), Authority = Path.Combine(place, "ca.crt") };
        Renew(settings, name, endsInDays, usage);
        return settings;
    }

    /// <summary>Writes another certificate into the files of <paramref name="settings"/>.</summary>
    public void Renew(TlsSettings settings, string name = TlsFiles.Name, int endsInDays = 30, string? usage = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(root, DateTimeOffset.UtcNow.AddDays(Math.Min(endsInDays, 0) - 1), DateTimeOffset.UtcNow.AddDays(endsInDays), RandomNumberGenerator.GetBytes(12));
        File.WriteAllText(settings.Key!, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(settings.Certificate!, certificate.ExportCertificatePem());
        File.WriteAllText(settings.Authority!, root.ExportCertificatePem());
    }

    /// <summary>One certificate of the files, as a peer shows it that does not look at it first.</summary>
    public static X509Certificate2 Load(TlsSettings settings) => X509Certificate2.CreateFromPemFile(settings.Certificate!, settings.Key);

    public void Dispose()
    {
        root.Dispose();
        directory.Delete(recursive: true);
    }
}
