using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Silo.Cluster.Tls;

/// <summary>
/// The certificates that the settings name, as their files are now. They are looked at for each new connection, of which there are few, so
/// that renewed ones need no restart. What cannot be read, a key that came before its certificate say, leaves those of before in use.
/// </summary>
internal sealed partial class TlsFiles(TlsSettings settings, ILogger logger)
{
    /// <summary>The name that every certificate of a cluster has among its DNS names, whatever address its process has.</summary>
    public const string Name = "payments-cluster";

    // Each process calls and is called; a certificate that names no usage is for both.
    private static readonly Oid[] Usages = [new("1.3.6.1.5.5.7.3.1", "server authentication"), new("1.3.6.1.5.5.7.3.2", "client authentication")];

    private readonly Lock reading = new();
    private TlsIdentity? last;

    /// <summary>What to show and whom to trust from now on.</summary>
    public TlsIdentity Current()
    {
        lock (reading)
        {
            try
            {
                var pem = new PemFiles(File.ReadAllText(settings.Certificate!), File.ReadAllText(settings.Key!), File.ReadAllText(settings.Authority!));
                if (pem != last?.Files)
                    last = Read(pem);
                return last;
            }
            catch (Exception exception) when (last is not null && IsUnreadable(exception))
            {
                StaysWithLast(logger, settings.Certificate!, exception.Message);
                return last;
            }
        }
    }

    /// <summary>Whether files are such that nothing can be made of them.</summary>
    public static bool IsUnreadable(Exception exception) => exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;

    private static TlsIdentity Read(PemFiles pem)
    {
        X509Certificate2Collection shown = [], authorities = [];
        shown.ImportFromPem(pem.Certificate);
        authorities.ImportFromPem(pem.Authority);
        // The key is held against the certificate, too.
        var own = X509Certificate2.CreateFromPem(pem.Certificate, pem.Key);
        var identity = new TlsIdentity(pem, SslStreamCertificateContext.Create(own, shown, offline: true), authorities);
        foreach (var usage in Usages)
        {
            using var chain = new X509Chain { ChainPolicy = identity.Policy() };
            chain.ChainPolicy.ExtraStore.AddRange(shown);
            chain.ChainPolicy.ApplicationPolicy.Add(usage);
            if (!chain.Build(own))
                throw new CryptographicException($"The authority's own check of it for {usage.FriendlyName} fails: {string.Join(' ', chain.ChainStatus.Select(static status => status.StatusInformation.Trim()))}");
        }

        if (!own.MatchesHostname(Name, allowCommonName: false))
            throw new CryptographicException($"'{Name}' is not among its DNS names.");
        return identity;
    }

    [LoggerMessage(1, LogLevel.Error, "The certificate {Path}, its key or its authority has changed to what cannot be used; that of before stays in use: {Reason}")]
    private static partial void StaysWithLast(ILogger logger, string path, string reason);
}

/// <summary>The texts of the three files.</summary>
internal sealed record PemFiles(string Certificate, string Key, string Authority);

/// <summary>What a process shows, and whose certificates it takes.</summary>
internal sealed record TlsIdentity(PemFiles Files, SslStreamCertificateContext Shown, X509Certificate2Collection Authorities)
{
    /// <summary>A certificate counts where one of the authorities stands behind it, and no other that this machine may trust. None is asked whether it was revoked, and nothing is fetched from where a certificate says.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(Authorities);
        return policy;
    }
}
