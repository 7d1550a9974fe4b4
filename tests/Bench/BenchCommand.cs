using System.CommandLine;

namespace Bench;

/// <summary>What the command line of every bench has: how long it measures, where its databases lie, and where the figures go.</summary>
internal static class BenchCommand
{
    public static readonly Option<FileInfo?> Out = new("--out") { Description = "Where to write the figures and ratios as JSON.", HelpName = "FILE" };

    public static readonly Option<bool> Json = new("--json") { Description = "Print the JSON instead of the table." };

    public static readonly Option<string?> Directory = new("--directory") { Description = "Where the scratch databases go: a directory on the disk to be measured (default: the temporary directory). They are deleted afterwards.", HelpName = "DIRECTORY" };

    /// <summary>Measures, and says what was measured; 0, or 1 where that failed or was stopped.</summary>
    public static async Task<int> Run(ParseResult parsed, Func<BenchProgress, Task<(Machine, Results)>> measure, CancellationToken cancellationToken)
    {
        var progress = new BenchProgress();
        try
        {
            var (machine, results) = await progress.Run(() => measure(progress));
            var text = ReportJson.Of(machine, results).ToText();
            if (parsed.GetValue(Out) is { } target)
                await File.WriteAllTextAsync(target.FullName, text, cancellationToken);
            if (parsed.GetValue(Json))
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
        catch (Exception exception) when (exception is InvalidOperationException or IOException or TimeoutException or Npgsql.NpgsqlException)
        {
            Console.Error.WriteLine($"The measurement failed: {exception.Message}");
            return 1;
        }
    }

    /// <summary>0 and 1 as the command says; 2 where the command line is none.</summary>
    public static async Task<int> Invoke(RootCommand command, string[] args)
    {
        var result = command.Parse(args);
        var exitCode = await result.InvokeAsync();
        return result.Errors.Count > 0 ? 2 : exitCode;
    }
}
