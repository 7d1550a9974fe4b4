using System.CommandLine;
using Ledger.Postgres;

namespace Silo.Embedded.Commands;

/// <summary>The PostgreSQL database that a command works on, where the ledger is not in a data directory.</summary>
internal static class LedgerPlace
{
    private const string Variable = "Payments__Ledger__ConnectionString";

    public static readonly Option<string?> Option = new("--ledger")
    {
        Description = $"The ledger's PostgreSQL database, \"Host=…;Username=…;Database=…\"; without it {Variable} of the environment, without that the data directory.",
        DefaultValueFactory = static _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? text : null,
    };

    /// <summary>The database that the command line names; null where the ledger is in the data directory.</summary>
    /// <exception cref="CommandFailedException">It is no connection string, or not one for production.</exception>
    public static PostgresSettings? Of(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not { } text)
            return null;
        try
        {
            return PostgresSettings.Parse(text, Hosting.EnvironmentName == Environments.Production);
        }
        catch (ArgumentException exception)
        {
            throw new CommandFailedException(exception.Message, ExitCode.Usage);
        }
    }
}
