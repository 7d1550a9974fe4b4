using Grains.Fraud.Detectors;
using Grains.Interfaces.Reconciliation;
using Ledger;

namespace Grains.Reconciliation;

/// <summary>
/// Compares books while the product runs: in one process of those on a ledger, on what payments leave of a processor. How far it is shows as
/// the lag of a consumer of the log; breaks as <c>reconciliation_breaks</c>, in the log, and in the ledger's settings.
/// </summary>
public sealed class Reconciler : IAsyncDisposable
{
    /// <summary>What it is called among the consumers of the log.</summary>
    public const string ConsumerName = "reconciliation";

    /// <summary>It rests so many times as long as it worked, at least <see cref="Pace"/> and at most <see cref="MostRest"/>.</summary>
    private const int IdleRest = 39;

    private const int SaveEverySeconds = 5;

    /// <summary>It rests so long at most: meanwhile the turn is not renewed.</summary>
    private static readonly TimeSpan MostRest = ReconciliationTurn.Patience / 3;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>It reads for so long at a time.</summary>
    private static readonly TimeSpan ReadFor = TimeSpan.FromMilliseconds(25);

    /// <summary>How often whoever has not the turn looks whether it has.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>After a fault that is not the ledger's.</summary>
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    private readonly ReconciliationServices services;
    private readonly ReconciliationInstruments instruments;
    private readonly ReconciliationTurn turn;
    private readonly PaymentsFirst courtesy;
    private readonly CancellationTokenSource stopping = new();
    private IReadOnlyDictionary<BreakKind, int>? open;
    private Task? running;

    /// <summary>When the books were last to be summed, whatever became of it: a sum over all accounts is not begun over and over.</summary>
    private long booksAt;

    public Reconciler(ReconciliationServices services)
    {
        this.services = services;
        instruments = new ReconciliationInstruments(kind => Volatile.Read(ref open)?.GetValueOrDefault(kind));
        turn = new ReconciliationTurn(services.Registry, services.IsShared, services.Machine);
        courtesy = new PaymentsFirst(services.Shards, services.Machine);
        services.Consumers.Expect(ConsumerName);
    }

    public void Start() => running = Task.Run(Run);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (running is not null)
            await running;
        stopping.Dispose();
        instruments.Dispose();
    }

    private async Task Run()
    {
        try
        {
            while (true)
            {
                var pause = LookEvery;
                try
                {
                    await WhileOurs();
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stopping.IsCancellationRequested)
                {
                    pause = AfterFault;
                    ReconciliationLog.Failed(services.Logger, (int)pause.TotalSeconds, exception);
                }

                await Task.Delay(pause, services.Machine, stopping.Token);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process goes down: whoever has the turn next goes on from what was saved.
            return;
        }
    }

    private async Task WhileOurs()
    {
        EventConsumer? consumer = null;
        try
        {
            if (!await turn.IsOurs(stopping.Token))
                return;
            var run = await ReconciliationRun.Load(services, () => turn.IsOurs(stopping.Token), instruments.Compared, instruments.PassedOver);
            consumer = services.Consumers.Begin(ConsumerName, run.Place);
            Tell(run);
            var (askedAgainAt, savedAt) = (services.Machine.GetTimestamp(), services.Machine.GetTimestamp());
            while (await turn.IsOurs(stopping.Token))
            {
                var began = courtesy.Now;
                while (await run.Read() > 0 && services.Machine.GetElapsedTime(began) < ReadFor)
                    stopping.Token.ThrowIfCancellationRequested();
                consumer.Position = run.Place;
                await courtesy.Rest(began, IdleRest, Pace, stopping.Token, MostRest);
                // To wait for an acquirer is no work.
                await run.Ask(services.Options.AsksPerSecond, stopping.Token);
                if (IsOver(ref askedAgainAt, services.Options.AskAgainSeconds))
                    await run.AskAgain(stopping.Token);
                if (IsOver(ref booksAt, services.Options.BooksEverySeconds))
                    await run.CompareBooks();
                // Another process may have taken over meanwhile, and be further.
                if (!await turn.IsOurs(stopping.Token))
                    return;
                run.SaveBreaks();
                Tell(run);
                if (IsOver(ref savedAt, SaveEverySeconds))
                    run.SavePlace();
            }
        }
        catch (Exception exception) when (exception is LedgerStoreException { IsTransient: true } or TimeoutException)
        {
            ReconciliationLog.TriesAgain(services.Logger, exception);
        }
        finally
        {
            consumer?.Dispose();
            Volatile.Write(ref open, null);
        }
    }

    private void Tell(ReconciliationRun run) => Volatile.Write(ref open, run.Open.CountBy(static each => each.Kind).ToDictionary());

    private bool IsOver(ref long since, int seconds)
    {
        if (since != 0 && services.Machine.GetElapsedTime(since) < TimeSpan.FromSeconds(seconds))
            return false;
        since = services.Machine.GetTimestamp();
        return true;
    }
}
