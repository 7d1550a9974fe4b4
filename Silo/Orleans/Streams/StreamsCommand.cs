using System.Globalization;
using Npgsql;
using Silo.Embedded;

namespace Silo.Cluster.Streams;

/// <summary><c>streams</c>: what the relays do, and what was put aside; beside running silos.</summary>
internal static class StreamsCommand
{
    private const string Usage = """
        Usage: streams --ledger CONNECTION                            the place of each shard's relay, and the dead letters
               streams requeue SHARD POSITION --ledger CONNECTION     publish a dead letter again
               streams move SHARD POSITION --ledger CONNECTION        relay a shard again from after a position, or go on there
        """;

    /// <summary>0 when it was done, 1 when there is no such thing or no database, 2 when it was told something wrong.</summary>
    public static async Task<int> Run(string[] args)
    {
        var words = args.TakeWhile(static word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args[words.Length..], ClusterServer.Switches).Build();
        if (configuration.Connections() is not [var ledger, ..] || !IsKnown(words, out var shard, out var position))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        try
        {
            var database = ClusterHosting.Database(ledger);
            await using var book = new RelayBook(database);
            return await Do(book, words, shard, position);
        }
        catch (NpgsqlException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static bool IsKnown(string[] words, out int shard, out long position)
    {
        (shard, position) = (0, 0);
        return words is [] || (words is ["requeue" or "move", var first, var second]
            && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out shard) && long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out position));
    }

    private static async Task<int> Do(RelayBook book, string[] words, int shard, long position)
    {
        if (words is [var verb, ..])
        {
            var done = verb == "requeue" ? await book.Requeue(shard, position, default) : await book.Move(shard, position, default);
            if (!done)
                await Console.Error.WriteLineAsync(verb == "requeue" ? "There is no such dead letter." : "No relay was ever at work on that shard.");
            return done ? 0 : 1;
        }

        foreach (var place in await book.Places(default))
            Console.WriteLine($"shard {place.Shard}: relayed up to {place.Position} by {(place.Owner.Length == 0 ? "nobody" : place.Owner)}");
        foreach (var letter in await book.Letters(null, default))
            Console.WriteLine($"dead letter {letter.Shard} {letter.Position} of {letter.At:u}{(letter.IsRequeued ? ", requeued" : "")}: {letter.Reason}");
        return 0;
    }
}
