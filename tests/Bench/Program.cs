using System.CommandLine;
using Bench;
using Bench.Postgres;

var suite = new Argument<string[]>("suite") { Description = $"What to measure: {string.Join(", ", Suites.Names)}; nothing means all. With --ledger: {string.Join(", ", PostgresSuites.Names)}.", Arity = ArgumentArity.ZeroOrMore };
suite.AcceptOnlyFromAmong([.. Suites.Names.Union(PostgresSuites.Names), "all"]);
var quick = new Option<bool>("--quick") { Description = "Five short rounds of everything, in under 45 seconds." };
var file = new Option<FileInfo?>("--out") { Description = "Where to write the figures and ratios as JSON.", HelpName = "FILE" };
var json = new Option<bool>("--json") { Description = "Print the JSON instead of the table." };
var directory = new Option<string?>("--directory") { Description = "Where the scratch databases go: a directory on the disk to be measured (default: the temporary directory). They are deleted afterwards.", HelpName = "DIRECTORY" };
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
{ suite, quick, file, json, directory, ledger, history };
command.SetAction(async (parsed, cancellationToken) =>
{
    var scale = parsed.GetValue(quick) ? BenchScale.Quick : BenchScale.Full;
    if (parsed.GetValue(history) is { } length)
        scale = scale with { HistoryPayments = length, PostgresHistoryPayments = length };
    var onPostgres = parsed.GetResult(ledger) is not null;
    var known = onPostgres ? PostgresSuites.Names : Suites.Names;
    var names = parsed.GetValue(suite) is { Length: > 0 } given && !given.Contains("all") ? given : known;
    if (names.Except(known).FirstOrDefault() is { } unknown)
    {
        Console.Error.WriteLine($"The suite '{unknown}' is not for this store: {string.Join(", ", known)}. See --help.");
        return 2;
    }

    var progress = new BenchProgress();
    try
    {
        var (machine, results) = await progress.Run(() => onPostgres
            ? BenchRun.RunOnPostgres(names, scale, parsed.GetValue(directory), parsed.GetValue(ledger) ?? "", progress, cancellationToken)
            : BenchRun.Run(names, scale, parsed.GetValue(directory), progress, cancellationToken));
        var text = ReportJson.Of(machine, results).ToText();
        if (parsed.GetValue(file) is { } target)
            await File.WriteAllTextAsync(target.FullName, text, cancellationToken);
        if (parsed.GetValue(json))
            Console.Out.Write(text);
        else
            Report.Write(results);
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; the scratch databases are deleted.");
        return 1;
    }
    catch (Exception exception) when (exception is InvalidOperationException or IOException or Npgsql.NpgsqlException)
    {
        Console.Error.WriteLine($"The measurement failed: {exception.Message}");
        return 1;
    }
});
var result = command.Parse(args);
var exitCode = await result.InvokeAsync();
return result.Errors.Count > 0 ? 2 : exitCode;
