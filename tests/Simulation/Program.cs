using Simulation;
var from = int.Parse(args[0]); var to = int.Parse(args[1]);
var watch = System.Diagnostics.Stopwatch.StartNew();
int bad = 0; long st = 0, cm = 0;
for (var seed = from; seed <= to; seed++)
{
    var r = Simulator.Run(Plan.Of(seed));
    st += r.Steps; cm += r.Commits;
    if (r.Violation is null) continue;
    bad++;
    Console.WriteLine($"seed {seed}: {r.Violation}");
    if (args.Length > 2) { foreach (var o in r.Plan.Operations) Console.WriteLine(o); foreach (var f in r.Plan.Faults) Console.WriteLine(f); foreach (var l in r.LastLines) Console.WriteLine(l); }
}
Console.WriteLine($"{bad} bad; {st} steps {cm} commits; {watch.Elapsed}");
