using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Checkout;

/// <summary>
/// The deciding step: read the book, decide, queue the entry, take it over into the book, all without an await; the answer waits
/// for the commit. Where the commit refuses, the book is read anew and the decision made again, for nobody was answered.
/// </summary>
public sealed partial class MerchantGrain
{
    /// <summary>How often one request is decided before the grain gives up on it, with nothing recorded.</summary>
    private const int MaxDecisions = 100;

    /// <summary>How often a decision asks for something that is not in the book, before it is taken for one that never has enough.</summary>
    private const int MaxReads = 1_000;

    private int unheard;
    private bool stale;
    private TaskCompletionSource? reload;
    private TimeSpan ownedElsewhereFor;
    private Task<Refusal> lastHeard = Task.FromResult(Refusal.None);

    /// <summary>What a commit came to.</summary>
    private readonly record struct Outcome(WireAnswer? Answer, (DocumentKind Kind, long Number, Attempt Attempt)? Waits);

    private Task<Outcome> Commit(RequestFacts request, long tenant, Func<Draft, Decided> decide) => Commit(request, tenant, decide, default, "");

    private async Task<Outcome> Commit(RequestFacts request, long tenant, Func<Draft, Decided> decide, IdempotencyKey key, string hash)
    {
        var asked = new AskedRisk();
        try
        {
            return await Commit(request, tenant, decide, key, hash, asked);
        }
        finally
        {
            LetNextGo(asked);
        }
    }

    private async Task<Outcome> Commit(RequestFacts request, long tenant, Func<Draft, Decided> decide, IdempotencyKey key, string hash, AskedRisk asked)
    {
        var reads = 0;
        for (var decisions = 0; decisions < MaxDecisions; decisions++)
        {
            await Ready();
            var draft = new Draft(book, tools, request, NowMs) { Tenant = tenant, Asked = asked };
            JournalEntry entry;
            Outcome outcome;
            try
            {
                var decided = decide(draft);
                if (!key.IsNone && decided is { IsRefused: true, Answer: { MayRetry: false, Status: < 500 } refused })
                {
                    // It was executed, and this is what came of it: kept like any other answer, and nothing else of the draft.
                    draft = new Draft(book, tools, request, NowMs) { Tenant = tenant, Asked = asked };
                    decided = Decided.Answers(default, 0, refused);
                }

                if (decided.IsRefused || (draft.IsEmpty && key.IsNone))
                {
                    var answer = decided.Answer ?? Render(draft, decided, request);
                    // It rests on what is not durable yet; and what was recorded under its key may be why it is refused now.
                    // What was refused before this decision was read anew before it: only what is still in flight counts.
                    if (!lastHeard.IsCompleted && await lastHeard != Refusal.None)
                        continue;
                    if (services.IsShared && await IsBehind())
                        continue;
                    return new Outcome(await Stored(key, request, hash) ?? answer, null);
                }

                outcome = Finish(draft, decided, key, hash, out var unexpandable);
                if (unexpandable is not null)
                    return new Outcome(unexpandable, null);
                entry = draft.ToEntry(lane, DataKey, key, hash.Length == 0 ? default : UInt128.Parse(hash, System.Globalization.NumberStyles.HexNumber));
            }
            catch (NotReadYetException missing) when (reads++ < MaxReads)
            {
                await Read(missing, tenant);
                decisions--;
                continue;
            }
            catch (NotAskedYetException missing)
            {
                await Learn(missing, asked);
                decisions--;
                continue;
            }

            var admission = services.Writer.TryEnqueue(entry);
            if (admission != Admission.Admitted)
                return new Outcome(WireError.Unavailable(request), null);
            draft.Apply();
            LetNextGo(asked);
            if (draft.EndsTries)
                WakeNext();
            var refusal = await (lastHeard = Heard(entry, draft));
            if (refusal == Refusal.None)
            {
                draft.TellCards();
                CheckoutInstruments.OfProcess.Recorded(draft, tier);
                if (draft.HasWorkNow)
                    services.WakeDue();
                return outcome;
            }

            if (refusal == Refusal.NotWritable)
                return new Outcome(WireError.Failed(request), null);
            if (refusal == Refusal.DuplicateKey && await Stored(key, request, hash) is { } stored)
                return new Outcome(stored, null);
        }

        return new Outcome(WireError.Unavailable(request), null);
    }

    /// <summary>
    /// Whether another process decided for this merchant since the book was read. A commit finds that out by itself; what is only
    /// refused commits nothing.
    /// </summary>
    private async Task<bool> IsBehind()
    {
        var version = book.Version;
        if (book.Owner == 0 || await services.Writer.Reader.FindAccount(book.Owner) is not { } account || account.Version <= version)
            return false;
        // With entries of our own in flight it may be theirs; were it another's, they would be refused, and the book read anew.
        if (unheard > 0)
            await lastHeard;
        else
            stale = true;
        return true;
    }

    /// <summary>Renders the answer and, under a key, stores it with the entry.</summary>
    private static Outcome Finish(Draft draft, Decided decided, IdempotencyKey key, string hash, out WireAnswer? unexpandable)
    {
        unexpandable = null;
        if (decided.Waits)
        {
            var document = draft.Find(decided.Kind, decided.Subject)!;
            var attempt = Attempts.Of(document)!;
            // What cannot be shown is refused before anything is done, also inside of what is not there yet.
            if (draft.Request.Expand.Count > 0)
                unexpandable = Expandable.Refuse(draft.Request, decided.Kind) ?? (Render(draft, decided, draft.Request) is { Status: 400 } refused ? refused : null);
            if (unexpandable is not null)
                return default;
            if (!key.IsNone)
            {
                var number = draft.NewNumber();
                draft.Put(DocumentKind.StoredRequest, number, new StoredRequest { Hash = hash, CreatedMs = draft.NowMs, Subject = decided.Subject, SubjectKind = decided.Kind });
                attempt = attempt with { StoredRequest = number };
                draft.Put(decided.Kind, decided.Subject, document.Public, Attempts.With(document.Private!, attempt));
            }

            return new Outcome(null, (decided.Kind, decided.Subject, attempt));
        }

        var answer = decided.Answer ?? Render(draft, decided, draft.Request);
        if (answer.Status == 400 && decided.Answer is null)
            unexpandable = answer;
        if (!key.IsNone)
            draft.Put(DocumentKind.StoredRequest, draft.NewNumber(), Store(draft, decided, answer, new StoredRequest { Hash = hash, CreatedMs = draft.NowMs }, draft.Request.Expand.Count > 0));
        return new Outcome(answer with { IsKept = answer.IsKept || !key.IsNone }, null);
    }

    /// <summary>The request with its first answer: by reference where that is just the object's state.</summary>
    private static StoredRequest Store(Draft draft, Decided decided, WireAnswer answer, StoredRequest request, bool expanded)
    {
        var byReference = decided.Answer is null && !expanded;
        if (byReference)
            draft.Keep(decided.Kind, decided.Subject);
        return request with { Subject = decided.Subject, SubjectKind = decided.Kind, Status = answer.Status, Body = byReference ? null : answer.Body };
    }

    private static WireAnswer Render(Draft draft, Decided decided, RequestFacts request)
    {
        var body = draft.Find(decided.Kind, decided.Subject)!.Show();
        // What it needs is in the book, or the decision starts again once it is: nothing is awaited here.
        var expanded = Expansion.Apply(body, request.Expand, id => new ValueTask<ReadOnlyMemory<byte>?>(Shown(draft, id)));
        var (whole, refused) = expanded.IsCompletedSuccessfully ? expanded.Result : expanded.AsTask().GetAwaiter().GetResult();
        return refused is null
            ? new WireAnswer(200, whole)
            : Expandable.Refusal(request, refused);
    }

    private static ReadOnlyMemory<byte>? Shown(Draft draft, string id)
    {
        if (id.StartsWith(Expansion.LinesOf, StringComparison.Ordinal))
            return draft.Find(DocumentKind.CheckoutSession, id[Expansion.LinesOf.Length..]) is { } session ? SessionLines.Write((CheckoutSession)session.Public, (SessionRecord)session.Private!) : default(ReadOnlyMemory<byte>?);
        if (!id.StartsWith(Expansion.RefundsOf, StringComparison.Ordinal))
            return draft.FindAny(id)?.Show() is { } found ? found : default(ReadOnlyMemory<byte>?);
        var charge = id[Expansion.RefundsOf.Length..];
        if (draft.Find<Charge>(DocumentKind.Charge, charge) is null)
            return default(ReadOnlyMemory<byte>?);
        var refunds = draft.RefundsOf(charge);
        return RefundList.Write(charge, [.. refunds.Take(RefundList.MaxShown).Select(static refund => (ReadOnlyMemory<byte>)refund.Show())], refunds.Count > RefundList.MaxShown);
    }

    private async Task<Refusal> Heard(JournalEntry entry, Draft draft)
    {
        unheard++;
        var refusal = await entry.Committed;
        unheard--;
        if (refusal == Refusal.None)
        {
            if (unheard == 0 && reload is not null)
                await ReloadNow();
            else
                book.Committed(draft.States);
            return refusal;
        }

        if (entry.OwnedElsewhereFor > ownedElsewhereFor)
            ownedElsewhereFor = entry.OwnedElsewhereFor;
        reload ??= NewSignal();
        var again = reload.Task;
        if (unheard == 0)
            await ReloadNow();
        await again;
        return refusal;
    }

    /// <summary>Ends when new work may be decided.</summary>
    private async ValueTask Ready()
    {
        while (reload is not null || stale)
        {
            if (reload is not null)
            {
                await reload.Task;
            }
            else
            {
                reload = NewSignal();
                await ReloadNow();
                if (stale)
                    throw new LedgerStoreException("The merchant's state could not be read.") { IsTransient = true };
            }
        }
    }

    private async Task ReloadNow()
    {
        var signal = reload!;
        var wait = ownedElsewhereFor;
        ownedElsewhereFor = default;
        try
        {
            // Another process has the account for now: what is read before its time is over is stale by then.
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, services.Clock);
            await Reload();
            stale = false;
        }
        catch (Exception exception)
        {
            // Nobody waits for an exception here: whoever decides next reads again, and is told.
            MerchantGrainLog.ReloadFailed(services.Logger, exception);
            stale = true;
        }

        reload = null;
        signal.SetResult();
    }

    // Those who wait go on in turns of their own, never inside the one that signals.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
