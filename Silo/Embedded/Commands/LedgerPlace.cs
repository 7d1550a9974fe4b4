using System.CommandLine;
using Ledger.Postgres;

namespace Silo.Embedded.Commands;

/// <summary>The PostgreSQL database that a command works on, where the ledger is not in a data directory.</summary>
internal static class LedgerPlace
{
    private const string Variable = "Payments__Ledger__ConnectionString";
    private const string ShardVariable = "Payments__Ledger__Shards__";

    public static readonly Option<string[]> Option = new("--ledger")
    {
        Description = $"The ledger's PostgreSQL database, \"Host=…;Username=…;Database=…\"; once a shard, always in the same order. Without it {Variable} (or {ShardVariable}0, …1) of the environment, without that the data directory.",
        DefaultValueFactory = static _ => FromEnvironment(),
    };

    /// <summary>The connections of the ledger's shards; none where it is in the data directory.</summary>
    public static IReadOnlyList<string> Connections(ParseResult parsed) => parsed.GetValue(Option) ?? [];

    /// <summary>The databases that the command line names, one a shard; none where the ledger is in the data directory.</summary>
    /// <exception cref="CommandFailedException">One is no connection string, or not one for production.</exception>
    public static IReadOnlyList<PostgresSettings> Shards(ParseResult parsed)
    {
        try
        {
            return [.. Connections(parsed).Select(static text => PostgresSettings.Parse(text, Hosting.EnvironmentName == Environments.Production))];
        }
        catch (ArgumentException exception)
        {
            throw new CommandFailedException(exception.Message, ExitCode.Usage);
        }
    }

    /// <summary>The database of the whole ledger's own tables, which is the first shard's; null where the ledger is in the data directory.</summary>
    /// <exception cref="CommandFailedException">One is no connection string, or not one for production.</exception>
    public static PostgresSettings? Of(ParseResult parsed) => Shards(parsed) is [var first, ..] ? first : null;

    /// <summary>The database of work that is of one shard at a time; null where the ledger is in the data directory.</summary>
    /// <exception cref="CommandFailedException">Several are named.</exception>
    public static PostgresSettings? One(ParseResult parsed) =>
        Shards(parsed) is { Count: > 1 } ? throw new CommandFailedException("This is done shard by shard: give one --ledger, and a directory of its own.", ExitCode.Usage) : Of(parsed);

    private static string[] FromEnvironment()
    {
        static string? Read(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
        var shards = new List<string>();
        while (Read($"{ShardVariable}{shards.Count}") is { } connection)
            shards.Add(connection);
        return shards.Count > 0 ? [.. shards] : Read(Variable) is { } one ? [one] : [];
    }
}
