using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ledger;
using Ledger.Archive;

namespace Silo.Embedded.Commands;

/// <summary>Runs a command line: parse, act, and one of three exit codes.</summary>
internal static class CommandLine
{
    /// <summary>How long a command may tidy up after Ctrl+C or SIGTERM: the server drains, a backup removes what it began.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    public static async Task<int> Run(DescribedCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
            return await ExplainUsage(parsed);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TerminationTimeout });
        }
        catch (CommandFailedException exception)
        {
            return Fail(parsed, exception.Message, exception.ExitCode);
        }
        catch (Exception exception) when (exception is DataDirectoryInUseException or LedgerSchemaException or LedgerDamagedException or LedgerPrunedException or LedgerStoreException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return Fail(parsed, exception.Message, ExitCode.Finding);
        }
        catch (OperationCanceledException)
        {
            return Fail(parsed, "Interrupted before it was done.", ExitCode.Finding);
        }
    }

    private static int Fail(ParseResult parsed, string message, int exitCode)
    {
        if (Screen.WantsJson(parsed))
            Screen.WriteJson(new { error = message });
        else
            Console.Error.WriteLine(message);
        return exitCode;
    }

    private static async Task<int> ExplainUsage(ParseResult parsed)
    {
        foreach (var message in parsed.Errors.Select(static error => error.Message).Distinct())
            await Console.Error.WriteLineAsync(message);
        await Console.Error.WriteLineAsync($"See: {PathOf(parsed.CommandResult)} --help");
        return ExitCode.Usage;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : command.Command.Name;
}

/// <summary>A command whose help ends with examples to paste.</summary>
internal sealed class DescribedCommand : Command
{
    private readonly string[] examples;

    public DescribedCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        this.examples = examples;
        Options.Add(new HelpOption { Action = new HelpWithExamples(this) });
    }

    /// <summary>What the help says after the options, before the examples.</summary>
    public string? More { get; init; }

    private sealed class HelpWithExamples(DescribedCommand command) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var exitCode = new HelpAction().Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            if (command.More is { } more)
                output.WriteLine(more + Environment.NewLine);
            output.WriteLine(command.examples.Length == 1 ? "Example:" : "Examples:");
            foreach (var example in command.examples)
                output.WriteLine("  " + example);
            output.WriteLine();
            return exitCode;
        }
    }
}
