using System.CommandLine;
using Bench;
using Bench.Postgres;

var suite = new Argument<string[]>("suite") { Description = $"What to measure: {string.Join(", ", Suites.Names)}; nothing means all. With --ledger: {string.Join(", ", PostgresSuites.Names)}. By itself, where Microsoft Orleans restores: cluster.", Arity = ArgumentArity.ZeroOrMore };
suite.AcceptOnlyFromAmong([.. Suites.Names.Union(PostgresSuites.Names), "all"]);
var quick = new Option<bool>("--quick") { Description = $"Five short rounds, in under 45 seconds; of {string.Join(", ", Suites.Quick)} where nothing is named." };
var ledger = new Option<string?>("--ledger")
{
    Description = "Measure the ledger in PostgreSQL: on this server (\"Host=…;Username=…;Password=…\", a user who may create databases; they are dropped afterwards), or without a value on one that the bench starts.",
    HelpName = "CONNECTION",
    Arity = ArgumentArity.ZeroOrOne,
};
var history = new Option<int?>("--history") { Description = "Payments of the history that the suite 'history' measures after, instead of the scale's.", HelpName = "COUNT" };
var command = new RootCommand(
    """
    Measures the product against what it could be compared with, and prints every figure with its ratio.

    Example:
      ./run bench engine hot --quick --out bench.json
      ./run bench --ledger "Host=127.0.0.1;Username=postgres" --quick
    """)
{ suite, quick, BenchCommand.Out, BenchCommand.Json, BenchCommand.Directory, ledger, history };
command.SetAction(async (parsed, cancellationToken) =>
{
    var scale = parsed.GetValue(quick) ? BenchScale.Quick : BenchScale.Full;
    if (parsed.GetValue(history) is { } length)
        scale = scale with { HistoryPayments = length, PostgresHistoryPayments = length };
    var onPostgres = parsed.GetResult(ledger) is not null;
    var known = onPostgres ? PostgresSuites.Names : Suites.Names;
    var names = parsed.GetValue(suite) switch
    {
        { Length: > 0 } given => given.Contains("all") ? known : given,
        _ => parsed.GetValue(quick) && !onPostgres ? Suites.Quick : known,
    };
    if (names.Except(known).FirstOrDefault() is { } unknown)
    {
        Console.Error.WriteLine($"The suite '{unknown}' is not for this store: {string.Join(", ", known)}. See --help.");
        return 2;
    }

    var directory = parsed.GetValue(BenchCommand.Directory);
    return await BenchCommand.Run(
        parsed,
        progress => onPostgres
            ? BenchRun.RunOnPostgres(names, scale, directory, parsed.GetValue(ledger) ?? "", progress, cancellationToken)
            : BenchRun.Run(names, scale, directory, progress, cancellationToken),
        cancellationToken);
});
return await BenchCommand.Invoke(command, args);
