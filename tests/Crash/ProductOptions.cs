namespace Crash;

/// <summary>How the product is started.</summary>
internal sealed record ProductOptions
{
    public required string Data { get; init; }

    /// <summary>Port 0: the system chooses, and the banner says which.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    public string[] Arguments { get; init; } = [];

    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>A command line that runs the product's, such as strace's; empty for none.</summary>
    public string[] Under { get; init; } = [];
}
