using System.CommandLine;
using Bench;
using Cluster.Bench;
using Cluster.Bench.Transactions;

// Started by itself, as one of the peer's processes.
if (args.Contains(PeerSilo.Verb))
    return await PeerSilo.Run(args);

var suite = new Argument<string>("suite") { Description = "What to measure: cluster." };
suite.AcceptOnlyFromAmong("cluster");
var quick = new Option<bool>("--quick") { Description = "Five rounds of a second." };
var only = new Option<string[]>("--only") { Description = $"Measure these figures alone: {string.Join(", ", ClusterRun.Names)}.", HelpName = "FIGURE", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong(ClusterRun.Names);
var command = new RootCommand(
    """
    Measures what the cluster edition costs: payments through a gateway and two silos on this machine, against the embedded edition on
    PostgreSQL; and payments from grain to grain on two silos, against transfers by Orleans transactions on two silos. Every process has
    a database of its own on one PostgreSQL server.

    Example:
      ./run bench cluster --quick --out cluster.json
    """)
{ suite, quick, only, BenchCommand.Out, BenchCommand.Json, BenchCommand.Directory };
command.SetAction((parsed, cancellationToken) => BenchCommand.Run(
    parsed, progress => ClusterRun.Run(ClusterScale.Of(parsed.GetValue(quick)), parsed.GetValue(only) ?? [], parsed.GetValue(BenchCommand.Directory), progress, cancellationToken), cancellationToken));
return await BenchCommand.Invoke(command, args);
