using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Limits and modes of the gateway: configuration section <c>Payments:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Payments:Gateway";

    /// <summary>Sandbox accounts, keys, clock and faults. The host refuses it in production.</summary>
    public bool Sandbox { get; set; }

    /// <summary>This institution's ABA routing number.</summary>
    [Required]
    [RegularExpression("^[0-9]{9}$")]
    public string RoutingNumber { get; set; } = "110000000";

    /// <summary>The largest body of a request that is not a batch, in bytes.</summary>
    [Range(1_024, 1_048_576)]
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>The largest body of a batch, in bytes.</summary>
    [Range(1_024, 67_108_864)]
    public int MaxBatchBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The most payments of one batch.</summary>
    [Range(1, 100_000)]
    public int MaxBatchItems { get; set; } = 10_000;

    /// <summary>How long a request waits for its grain, in milliseconds; then its outcome is unknown.</summary>
    [Range(100, 120_000)]
    public int GrainTimeoutMs { get; set; } = 10_000;

    /// <summary>Rows of the log that one list request looks at; then it answers what it found, and a cursor.</summary>
    [Range(1_000, 1_000_000)]
    public int MaxScannedRows { get; set; } = 10_000;

    /// <summary>Seconds between the signs of life of an event stream.</summary>
    [Range(1, 300)]
    public int StreamPingSeconds { get; set; } = 15;

    /// <summary>How many events a stream's reader may fall behind before it is closed.</summary>
    [Range(100, 10_000_000)]
    public int StreamMaxLag { get; set; } = 10_000;

    /// <summary>How long a key is taken as valid without asking the registry again, in milliseconds: a key that another process revokes works that long.</summary>
    [Range(0, 600_000)]
    public int KeyMemoryMs { get; set; } = 5_000;

    /// <summary>How long a browser stays signed in to the console without opening it again, in hours.</summary>
    [Range(1, 720)]
    public int ConsoleSessionHours { get; set; } = 12;
}

[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
