using System.CommandLine;
using Simulation;

var root = new RootCommand("Runs the ledger, the grain host and the account grains on virtual time, under crashes, faults and two owners, and checks what must hold. Example: ./run simulate --seeds 1..1000");
SimulateCommand.AddTo(root);
var parsed = root.Parse(args);
return parsed.Errors.Count > 0 ? Math.Max(2, parsed.Invoke()) : parsed.Invoke();
