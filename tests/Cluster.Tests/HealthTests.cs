using System.Net;
using System.Runtime.InteropServices;
using Gateway.Tests;
using Npgsql;
using Silo.Cluster;
using Silo.Tests;

namespace Cluster.Tests;

/// <summary>Readiness tells of a process that stands still, and not of one that is busy; liveness of neither.</summary>
public sealed partial class HealthTests
{
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_log_that_is_followed_is_never_behind_however_fast_it_grows()
    {
        var time = new ManualTime();
        var lag = new LogLag(1, time);
        for (var look = 1; look <= 1_000; look++, time.Advance(TimeSpan.FromSeconds(5)))
            Assert.Equal(TimeSpan.Zero, lag.Of(0, (look - 1) * 50_000, look * 50_000));
    }

    [Fact]
    public void What_stands_still_is_behind_from_the_look_that_first_saw_it()
    {
        var time = new ManualTime();
        var lag = new LogLag(2, time);
        Assert.Equal(TimeSpan.Zero, lag.Of(1, 10, 11));
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), lag.Of(1, 10, 500));
        Assert.Equal(TimeSpan.Zero, lag.Of(0, 10, 10));
        time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(14), lag.Of(1, 10, 900));
        Assert.Equal(TimeSpan.Zero, lag.Of(1, 900, 900));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_for_a_while_is_missing_and_not_before()
    {
        var time = new ManualTime();
        var gone = true;
        var check = new LedgerCheck(() => Task.FromResult<TimeSpan?>(gone ? null : TimeSpan.Zero), new HealthSettings(), time);
        // What never answered is not known to be there.
        Assert.Equal("the ledger's database", await check.Missing());
        gone = false;
        Assert.Null(await check.Missing());
        time.Advance(TimeSpan.FromHours(1));
        gone = true;
        Assert.Null(await check.Missing());
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Null(await check.Missing());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("the ledger's database", await check.Missing());
        gone = false;
        Assert.Null(await check.Missing());
    }

    [Fact]
    public async Task A_database_is_asked_once_at_a_time_and_may_be_slow()
    {
        var time = new ManualTime();
        var looks = 0;
        TaskCompletionSource<TimeSpan?>? open = null;
        var check = new LedgerCheck(Look, new HealthSettings(), time);
        await Probe(TimeSpan.Zero);
        for (var slow = 0; slow < 3; slow++)
        {
            Assert.Null(await Probe(null));
            time.Advance(TimeSpan.FromSeconds(4));
            Assert.Null(await Probe(null));
            time.Advance(TimeSpan.FromSeconds(3));
            Assert.Null(await Probe(TimeSpan.Zero));
        }

        Assert.Equal(4, looks);
        Assert.Null(await Probe(null));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("the ledger's database", await Probe(null));
        Assert.Equal(5, looks);
        Assert.Equal("what was committed in the last 31 s", await Probe(TimeSpan.FromSeconds(31)));

        // Answered, or left alone for longer than a probe waits.
        async Task<string?> Probe(TimeSpan? answer)
        {
            var missing = check.Missing();
            while (Volatile.Read(ref open) is not { Task.IsCompleted: false })
                await Task.Yield();
            if (answer is { } lag)
                open!.SetResult(lag);
            else
                time.Advance(TimeSpan.FromMilliseconds(900));
            return await missing.WaitAsync(Patience);
        }

        Task<TimeSpan?> Look()
        {
            looks++;
            var begun = new TaskCompletionSource<TimeSpan?>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref open, begun);
            return begun.Task;
        }
    }

    [Fact]
    public async Task A_gateway_that_hears_of_no_commits_is_alive_and_not_ready()
    {
        await using var cluster = await RunningCluster.Start(silos: 2, "--Payments:Cluster:Health:LogLagMs", "2000");
        using var bank = new Api(cluster.Gateway.Url, Keys.Bank, 8);
        var listeners = Listeners(cluster.Database);
        // While it hears notices, it does not look.
        for (var since = TimeProvider.System.GetTimestamp(); listeners.Count < 3; listeners = Listeners(cluster.Database))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{listeners.Count} connections listen.");
            await Task.Delay(200);
        }

        try
        {
            Signal(listeners, SignalStop);
            await Until(bank, HttpStatusCode.ServiceUnavailable, static text => text.Contains("what was committed in the last", StringComparison.Ordinal), pay: true);
            (await bank.Get("/health/live")).Is(HttpStatusCode.OK);
        }
        finally
        {
            Signal(listeners, SignalContinue);
        }

        await Until(bank, HttpStatusCode.OK, static _ => true, pay: false);
    }

    private static async Task Until(Api bank, HttpStatusCode status, Func<string, bool> says, bool pay)
    {
        for (var (since, payment) = (TimeProvider.System.GetTimestamp(), 1); ; payment++)
        {
            // Silos go on committing, each with what it knows itself.
            if (pay)
                (await bank.Post("/payments", SharedServer.Body($"sandbox_{payment:0000}", "sandbox_0999", "0.01"), $"health-{payment}")).Is(HttpStatusCode.Created);
            var answer = await bank.Get("/health/ready");
            if (answer.Status == status && says(answer.Text))
                return;
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, $"{(int)status} was expected; last: {(int)answer.Status} {answer.Text}");
            await Task.Delay(200);
        }
    }

    // Who listens looks at the log's end each second while it hears nothing.
    private static List<int> Listeners(string database)
    {
        using var connection = new NpgsqlConnection(database);
        connection.Open();
        using var command = new NpgsqlCommand("select pid from pg_stat_activity where datname = current_database() and query = 'select last_position from log_head' and query_start > now() - interval '2 seconds'", connection);
        using var rows = command.ExecuteReader();
        var found = new List<int>();
        while (rows.Read())
            found.Add(rows.GetInt32(0));
        return found;
    }

    // All of them, though one is gone: none stays stopped.
    private static void Signal(List<int> processes, int signal) => Assert.All(processes.ConvertAll(process => Kill(process, signal)), static result => Assert.Equal(0, result));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
