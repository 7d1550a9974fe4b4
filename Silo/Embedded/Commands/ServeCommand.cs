using System.CommandLine;

namespace Silo.Embedded.Commands;

/// <summary>The main job: serves until it is told to stop.</summary>
internal static class ServeCommand
{
    /// <summary>The name that people type: the script in front of this executable.</summary>
    private const string Script = "./run";

    public static readonly Option<string> Urls = new("--urls") { Description = "Addresses to listen on, separated by ';'.", DefaultValueFactory = static _ => "http://127.0.0.1:8080" };

    public static DescribedCommand Create()
    {
        var sandbox = new Option<bool>("--sandbox") { Description = "Serve the sandbox on an address that is not loopback, too." };
        var root = new DescribedCommand(
            Script,
            "Payments: a real-time payment processor. Without a command it serves.",
            "./run",
            "./run --urls http://127.0.0.1:9090 --data ./other",
            "./run --ledger \"Host=127.0.0.1;Username=payments;Password=…;Database=payments\"",
            "./run --ledger \"Host=a;Username=payments;Database=payments\" --ledger \"Host=b;Username=payments;Database=payments\"",
            "./run pay 150.00 123456789 987654321")
        {
            More = """
                Commands with an executable of their own:
                  bench [SUITE] [--quick] [--out FILE]  Measure this machine: one table, ratios within the run, JSON with --out.
                  cluster --role ROLE --ledger LEDGER   Serve as a silo, a gateway or both (All) of the cluster edition, on PostgreSQL.
                  simulate [--seed N] [--seeds COUNT]   Run the product on a virtual clock with injected faults; a seed replays.
                """,
        };
        root.Options.Add(new VersionOption());
        root.Options.Add(Urls);
        root.Options.Add(DataDirectory.Option);
        root.Options.Add(LedgerPlace.Option);
        root.Options.Add(sandbox);
        root.SetAction((parsed, cancellationToken) => Server.Run(
            new ServeOptions(parsed.GetValue(Urls)!, parsed.GetValue(DataDirectory.Option)!, LedgerPlace.Connections(parsed), parsed.GetValue(sandbox)), cancellationToken));
        return root;
    }
}

internal sealed record ServeOptions(string Urls, string Data, IReadOnlyList<string> Ledger, bool SandboxAnywhere);
