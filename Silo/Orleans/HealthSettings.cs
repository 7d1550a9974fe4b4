using System.ComponentModel.DataAnnotations;

namespace Silo.Cluster;

/// <summary>
/// How far behind a ready process may be: the section <see cref="Section"/> of the configuration. Load makes everything late, and to take
/// processes out of rotation for it would only load the others: so the limits are beyond what is late and still moves, and tell of what
/// stands still.
/// </summary>
internal sealed class HealthSettings
{
    public const string Section = "Payments:Cluster:Health";

    /// <summary>
    /// For how long a commit may be in the database and unknown to this process, in milliseconds. It hears of one within milliseconds; a
    /// connection to listen on that hangs is given up after 10 s and made anew.
    /// </summary>
    [Range(1_000, 600_000)]
    public int LogLagMs { get; set; } = 30_000;

    /// <summary>For how long a database may not have answered at all, in milliseconds: one that is overloaded still answers some of it.</summary>
    [Range(1_000, 600_000)]
    public int DatabaseSilenceMs { get; set; } = 10_000;

    /// <summary>
    /// For how long nothing may have been read of what is due, nor handed over, in milliseconds. A call that hangs gives its place to
    /// another after a minute, so that a backlog, however long, moves once a minute.
    /// </summary>
    [Range(1_000, 3_600_000)]
    public int DueLagMs { get; set; } = 180_000;
}
