using System.ComponentModel.DataAnnotations;

namespace Silo.Cluster;

/// <summary>What a process of the cluster does.</summary>
public enum ClusterRole
{
    /// <summary>Hosts grains and answers HTTP: a cluster of one, or of equals.</summary>
    All = 1,

    /// <summary>Hosts grains; HTTP only tells of its health and its metrics.</summary>
    Silo = 2,

    /// <summary>Answers HTTP, and asks the silos.</summary>
    Gateway = 3,
}

/// <summary>A process's place in its cluster: the section <see cref="Section"/> of the configuration.</summary>
public sealed class ClusterSettings
{
    public const string Section = "Payments:Cluster";

    /// <summary>The schema of Orleans' tables, in the database of the ledger's first shard.</summary>
    public const string Schema = "cluster";

    public ClusterRole Role { get; set; } = ClusterRole.All;

    /// <summary>Silos and gateways of one name are one cluster.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string ClusterId { get; set; } = "payments";

    /// <summary>Where other silos reach this one: a host name or an address. Loopback keeps the cluster on this machine.</summary>
    [Required]
    public string Advertise { get; set; } = "127.0.0.1";

    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Where gateways reach this silo.</summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>
    /// How long a call waits for its grain, in milliseconds, before its outcome is unknown. A call that was on its way to a silo that died
    /// waits this long, and so it is short; but longer than an acquirer or a receiver of webhooks is waited for.
    /// </summary>
    [Range(1_000, 120_000)]
    public int ResponseTimeoutMs { get; set; } = 15_000;

    /// <summary>How often silos ask each other for a sign of life, in milliseconds.</summary>
    [Range(200, 30_000)]
    public int ProbeMs { get; set; } = 1_500;

    /// <summary>Signs of life that may be missing in a row; then a silo is declared dead and its grains are placed anew.</summary>
    [Range(1, 10)]
    public int MissedProbes { get; set; } = 3;

    /// <summary>Grains that move at a time when the cluster grew or shrank.</summary>
    [Range(1, 100_000)]
    public int MovesAtOnce { get; set; } = 200;

    /// <summary>Whether this process hosts grains.</summary>
    public bool IsSilo => Role != ClusterRole.Gateway;

    /// <summary>Whether this process answers callers.</summary>
    public bool IsGateway => Role != ClusterRole.Silo;
}
