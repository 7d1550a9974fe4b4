using System.Collections.Concurrent;
using Grains.Due;
using Grains.Interfaces;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Silo.Embedded;

namespace Silo.Tests;

/// <summary>Due work over the whole product below its gateway: a real ledger, its writing thread, the grain host, and a grain of the test.</summary>
public sealed class DueSweeperTests : IAsyncLifetime
{
    private const string Kind = "remind";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string data = Directory.CreateTempSubdirectory("payments-due-").FullName;
    private readonly ManualTime machine = new();
    private readonly ConcurrentQueue<DueCall> calls = [];
    private Func<string, DueCall, Task<DueOutcome>>? answer;
    private EmbeddedEdition edition = null!;
    private long lastId;

    public Task InitializeAsync()
    {
        Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await edition.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Work_is_handed_over_at_its_time_and_not_before_and_once_it_is_struck_off_never_again()
    {
        var (early, late) = (await Schedule(9_000), await Schedule(10_000));
        machine.Advance(TimeSpan.FromSeconds(9));
        await Until(() => Called(early) == 1, "what is due is handed over");
        Assert.Equal(0, Called(late));

        machine.Advance(TimeSpan.FromSeconds(1));
        await Until(() => Called(late) == 1, "what is due a second later is handed over");
        await UntilDone();
        var last = await Schedule(15_000);
        machine.Advance(TimeSpan.FromSeconds(5));
        await Until(() => Called(last) == 1, "the last one is handed over");

        Assert.Equal((1, 1), (Called(early), Called(late)));
        Assert.Equal(new DueCall(Kind, early.Id, early.AtMs), calls.First());
        Assert.Equal(3, await Effects());
    }

    [Fact]
    public async Task It_goes_by_the_product_s_time_and_looks_at_once_when_that_is_moved()
    {
        var item = await Schedule(3_600_000);
        edition.Clock.Advance(TimeSpan.FromHours(1));
        await Until(() => Called(item) == 1, "the work is handed over though the machine's time stands still");
        await UntilDone();
    }

    [Fact]
    public async Task One_that_waits_for_hanging_calls_says_for_how_long_and_moves_on_after_a_minute()
    {
        var end = new TaskCompletionSource<DueOutcome>();
        answer = (_, _) => end.Task;
        await Schedule(1_000, count: 200);
        machine.Advance(TimeSpan.FromSeconds(1));
        await Until(() => calls.Count == 64, "all places are taken");
        machine.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(40), edition.Due.SinceProgress);
        machine.Advance(TimeSpan.FromSeconds(21));
        await Until(() => calls.Count > 64, "places are given to others");
        Assert.True(edition.Due.SinceProgress < TimeSpan.FromSeconds(40));
        end.SetResult(DueOutcome.Later);
    }

    [Fact]
    public async Task What_is_due_at_a_restart_is_handed_over_then()
    {
        answer = static (_, _) => Task.FromResult(DueOutcome.Later);
        var item = await Schedule(1_000);
        machine.Advance(TimeSpan.FromSeconds(1));
        await Until(() => Called(item) == 1, "the work is handed over");

        answer = null;
        await edition.DisposeAsync();
        Open();
        await AdvanceUntil(() => Called(item) >= 2, "the work comes back after a restart");
        await UntilDone();
        Assert.Equal(1, await Effects());
    }

    [Fact]
    public async Task What_fails_is_tried_again_after_longer_and_longer_rests_and_keeps_nobody_waiting()
    {
        var failing = await Schedule(1_000, count: 300);
        var seconds = new ConcurrentQueue<double>();
        answer = (key, call) => call.AtMs != failing.AtMs || (call.Id == failing.Id && Noted(seconds) > 4) ? Do(key, call) : throw new InvalidOperationException("as asked");
        var behind = await Schedule(1_001);

        machine.Advance(TimeSpan.FromSeconds(2));
        await Until(() => Called(behind) == 1, "what stands behind a page of failing work is handed over");
        await AdvanceUntil(() => Called(failing) == 5, "what failed is tried again");

        var rests = seconds.Zip(seconds.Skip(1), static (before, after) => after - before).ToList();
        Assert.Equal(4, rests.Count);
        for (var i = 0; i < rests.Count; i++)
            Assert.True(rests[i] >= 1 << i, $"Rest {i} was {rests[i]} s long.");
        Assert.Equal(1, Called(behind));
    }

    [Fact]
    public async Task A_grain_that_records_and_then_fails_is_not_asked_again()
    {
        answer = async (key, call) =>
        {
            await Do(key, call);
            throw new InvalidOperationException("after the commit");
        };
        var item = await Schedule(1_000);
        await UntilDone();

        // Sweeps follow each other: once one that began after the commit has come by, none goes by what was due before it.
        answer = null;
        var later = await Schedule(4_000);
        await AdvanceUntil(() => Called(later) >= 1, "later work is handed over");
        await UntilDone();
        var asked = Called(item);
        var last = await Schedule(8_000);
        await AdvanceUntil(() => Called(last) >= 1, "the last work is handed over");
        await UntilDone();
        Assert.Equal(asked, Called(item));
        Assert.Equal(3, await Effects());
    }

    [Fact]
    public async Task Calls_that_hang_make_room_and_their_work_comes_again()
    {
        var hanging = await Schedule(1_000, count: 64);
        var open = new TaskCompletionSource();
        answer = async (key, call) =>
        {
            if (call.AtMs == hanging.AtMs)
                await open.Task;
            return await Do(key, call);
        };
        var behind = await Schedule(1_001);
        machine.Advance(TimeSpan.FromSeconds(2));
        await Until(() => calls.Count == 64, "all places are taken");

        await AdvanceUntil(() => Called(behind) == 1, "the work behind them gets a place");
        await AdvanceUntil(() => Called(hanging) >= 2, "the work that hung comes again");
        open.SetResult();
        await UntilDone();
        Assert.Equal(65, await Effects());
    }

    [Fact]
    public async Task Work_of_one_grain_that_hangs_takes_no_more_than_its_places()
    {
        var hanging = await Schedule(1_000, count: 100, grain: "hangs");
        var open = new TaskCompletionSource();
        answer = async (key, call) =>
        {
            if (call.AtMs == hanging.AtMs)
                await open.Task;
            return await Do(key, call);
        };
        var behind = await Schedule(1_001);
        machine.Advance(TimeSpan.FromSeconds(2));
        await Until(() => Called(behind) == 1, "the work of another grain is handed over");
        var places = new DueSweeperOptions().MaxInFlightPerGrain;
        await Until(() => calls.Count(call => call.AtMs == hanging.AtMs) == places, "it has all its places");

        // No more, and the others follow as places come free, with no time going by.
        await Task.Delay(100);
        Assert.Equal(places, calls.Count(call => call.AtMs == hanging.AtMs));
        open.SetResult();
        await Until(async () => (await Due()).Count == 0, "all work is struck off");
        Assert.Equal(101, await Effects());
    }

    [Fact]
    public async Task Work_of_a_kind_that_nobody_does_stays()
    {
        var unknown = await Schedule(1_000, kind: "of a newer release");
        var known = await Schedule(1_001);
        machine.Advance(TimeSpan.FromSeconds(2));
        await Until(() => Called(known) == 1, "the other work is handed over");
        await Until(async () => (await Due()).SequenceEqual([unknown]), "only the unknown is left");
    }

    [Fact]
    public async Task Stopping_waits_for_the_calls_that_are_under_way()
    {
        var open = new TaskCompletionSource();
        answer = async (key, call) =>
        {
            await open.Task;
            return await Do(key, call);
        };
        var item = await Schedule(1_000);
        machine.Advance(TimeSpan.FromSeconds(1));
        await Until(() => Called(item) == 1, "the work is handed over");

        var stopping = edition.Stop(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        open.SetResult();
        await stopping.WaitAsync(Patience);
        Assert.Empty(await Due());
        Assert.Equal(1, await Effects());
    }

    private void Open()
    {
        edition = EmbeddedEdition.Open(data, new LedgerOptions(), new EmbeddedGrainsOptions(), NullLoggerFactory.Instance, machine);
        ((EmbeddedGrains)edition.Grains).Register<IReminderGrain>(key => new ReminderGrain(key, Called), static handle => new ReminderReference(handle));
        edition.Due.Register<IReminderGrain>(Kind);
    }

    private Task<DueOutcome> Called(string key, DueCall call)
    {
        calls.Enqueue(call);
        return (answer ?? Do)(key, call);
    }

    private int Called(DueItem item) => calls.Count(call => call.Kind == item.Kind && call.Id == item.Id && call.AtMs == item.AtMs);

    private int Noted(ConcurrentQueue<double> seconds)
    {
        seconds.Enqueue(machine.GetUtcNow().TimeOfDay.TotalSeconds);
        return seconds.Count;
    }

    /// <summary>A cent goes from one system account to another, once a piece of work, and the work is struck off with it.</summary>
    private async Task<DueOutcome> Do(string key, DueCall call)
    {
        var refusal = await Commit(IdempotencyKey.Of(1, $"{call.Kind} {call.Id}", key), SystemAccount.Transit, done: [new DueItem(call.AtMs, key, call.Kind, call.Id)]);
        Assert.True(refusal is Refusal.None or Refusal.DuplicateKey, $"{refusal}");
        return DueOutcome.Done;
    }

    /// <summary>Pieces of work due so long after the beginning; the first of them.</summary>
    private async Task<DueItem> Schedule(long afterMs, int count = 1, string kind = Kind, string? grain = null)
    {
        var at = new ManualTime().GetUtcNow().ToUnixTimeMilliseconds() + afterMs;
        var items = Enumerable.Range(0, count).Select(_ => ++lastId).Select(id => new DueItem(at, grain ?? $"reminder{id}", kind, id)).ToArray();
        Assert.Equal(Refusal.None, await Commit(default, SystemAccount.Fees, added: items));
        return items[0];
    }

    private async Task<Refusal> Commit(IdempotencyKey key, SystemAccount creditor, DueItem[]? added = null, DueItem[]? done = null)
    {
        var entry = new JournalEntry { Owner = 0, ExpectedVersion = 0, Row = SystemCent.To(creditor, edition, key), DueAdded = added, DueDone = done };
        Assert.Equal(Admission.Admitted, edition.Writer.TryEnqueue(entry));
        return await entry.Committed;
    }

    private async Task<IReadOnlyList<DueItem>> Due() => await edition.Writer.Reader.Due(long.MaxValue, 1_000);

    private async Task<long> Effects() => (await edition.Writer.Reader.FindAccount(SystemAccount.Transit.Number(Currency.Usd)))!.Counters.CreditsPosted;

    private Task UntilDone() => AdvanceUntil(async () => (await Due()).Count == 0, "all work is struck off");

    private static Task Until(Func<bool> holds, string what) => Until(() => Task.FromResult(holds()), what);

    private static async Task Until(Func<Task<bool>> holds, string what, Action? meanwhile = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Never: {what}.");
            meanwhile?.Invoke();
            await Task.Delay(5);
        }
    }

    private Task AdvanceUntil(Func<bool> holds, string what) => AdvanceUntil(() => Task.FromResult(holds()), what);

    private Task AdvanceUntil(Func<Task<bool>> holds, string what) => Until(holds, what, () => machine.Advance(TimeSpan.FromSeconds(1)));

    private interface IReminderGrain : IDueWork;

    private sealed class ReminderGrain(string key, Func<string, DueCall, Task<DueOutcome>> called) : IReminderGrain
    {
        public Task<DueOutcome> DoDue(DueCall call) => called(key, call);
    }

    private sealed class ReminderReference(GrainHandle handle) : IReminderGrain
    {
        public Task<DueOutcome> DoDue(DueCall call) => handle.Call(static (IReminderGrain grain, DueCall c) => grain.DoDue(c), call);
    }
}
