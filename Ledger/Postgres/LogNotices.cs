using System.Threading.Channels;
using Npgsql;

namespace Ledger.Postgres;

/// <summary>
/// What processes on one database tell each other by LISTEN and NOTIFY: that the log has grown, and up to which position. A notice is
/// sent after the commit, on a connection of its own: within the commit it would take a lock that all commits of the server with
/// a notice wait for, whatever their database, until the disk has the log. So a notice may be missing, where a process died in
/// between or a connection broke; whoever hears none reads the position itself.
/// </summary>
internal sealed class LogNotices : IDisposable
{
    private const string Name = "payments_log";

    /// <summary>How long a listener that hears nothing goes without a look.</summary>
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);

    /// <summary>How often the position is read while there is no connection to listen on.</summary>
    private static readonly TimeSpan PollUnconnected = TimeSpan.FromMilliseconds(100);

    /// <summary>The pause after a notice: under load one tells of many commits.</summary>
    private static readonly TimeSpan SendPause = TimeSpan.FromMilliseconds(20);

    private readonly NpgsqlDataSource source;
    private readonly PostgresReader reader;
    private readonly LogTail tail;
    private readonly TimeProvider timeProvider;
    private readonly Channel<long> reached = Channel.CreateBounded<long>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private readonly Task working;

    public LogNotices(NpgsqlDataSource source, PostgresReader reader, LogTail tail, TimeProvider timeProvider)
    {
        (this.source, this.reader, this.tail, this.timeProvider) = (source, reader, tail, timeProvider);
        working = Task.WhenAll(Task.Run(Listen), Task.Run(Send));
    }

    /// <summary>The log reaches to this position now, by a commit of this process. Waits for nothing.</summary>
    public void Tell(long position) => reached.Writer.TryWrite(position);

    public void Dispose()
    {
        stop.Cancel();
        // Both end by being cancelled; whatever else ended one of them shows here.
        Task.WhenAny(working).GetAwaiter().GetResult();
        if (working.IsFaulted)
            working.GetAwaiter().GetResult();
        source.Dispose();
        stop.Dispose();
    }

    private async Task Listen()
    {
        while (true)
        {
            try
            {
                // Where the connection to listen on breaks, or there is none to be had, this is the poll meanwhile.
                tail.Advance(await reader.LastPosition());
                await ListenOnOneConnection();
            }
            catch (Exception exception) when (exception is LedgerStoreException || PostgresFailure.IsOfTheStore(exception))
            {
                // Whoever needs the ledger itself says so.
                reader.Doubt();
                await Task.Delay(PollUnconnected, timeProvider, stop.Token);
            }
        }
    }

    private async Task ListenOnOneConnection()
    {
        await using var connection = await source.OpenConnectionAsync(stop.Token);
        connection.Notification += (_, notice) =>
        {
            if (long.TryParse(notice.Payload, out var position))
                tail.Advance(position);
        };
        await using (var listen = new NpgsqlCommand($"listen {Name}", connection))
            await listen.ExecuteNonQueryAsync(stop.Token);
        while (true)
        {
            // What was committed before it listened, or by someone who could not tell.
            await using (var look = new NpgsqlCommand("select last_position from log_head", connection))
                tail.Advance((long)(await look.ExecuteScalarAsync(stop.Token))!);
            while (await connection.WaitAsync(PollEvery, stop.Token))
            {
            }
        }
    }

    private async Task Send()
    {
        NpgsqlConnection? connection = null;
        try
        {
            await foreach (var position in reached.Reader.ReadAllAsync(stop.Token))
            {
                try
                {
                    connection ??= await source.OpenConnectionAsync(stop.Token);
                    await using var notify = new NpgsqlCommand($"select pg_notify('{Name}', $1)", connection) { Parameters = { new() { Value = position.ToString() } } };
                    await notify.ExecuteNonQueryAsync(stop.Token);
                }
                catch (Exception exception) when (PostgresFailure.IsOfTheStore(exception))
                {
                    // Whoever was to hear it polls.
                    if (connection is not null)
                        await connection.DisposeAsync();
                    connection = null;
                }

                await Task.Delay(SendPause, timeProvider, stop.Token);
            }
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
    }
}
