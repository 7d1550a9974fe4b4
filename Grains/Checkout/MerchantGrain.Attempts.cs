using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Ledger;

namespace Grains.Checkout;

/// <summary>
/// Calls of acquirers. Each was committed before; its answer is applied once, by whoever hears it first: the request that made it,
/// the resolver that asks for it, or a notice. Silence changes nothing: the object stays <c>processing</c>, and is asked for.
/// </summary>
public sealed partial class MerchantGrain
{
    /// <summary>The longest wait between two questions, in milliseconds of the product's time.</summary>
    private const long MaxAskDelayMs = 60_000;

    private const long FirstAskDelayMs = 500;

    private readonly HashSet<string> performing = [];

    private async Task<WireAnswer> Perform(DocumentKind kind, long number, Attempt attempt, long tenant)
    {
        AcquirerAnswer? answer;
        performing.Add(attempt.Key);
        try
        {
            answer = await Submit(attempt);
        }
        finally
        {
            performing.Remove(attempt.Key);
        }

        var outcome = await Commit(attempt.Request, tenant, draft => Answer(draft, kind, number, attempt, answer));
        // That nothing was recorded is true of the answer only: the attempt was, and may have taken money. The resolver goes on.
        var recorded = outcome.Answer!;
        return recorded.MayRetry ? WireError.NotYetKnown(attempt.Request) : recorded;
    }

    /// <summary>Asks for a document's attempt. True where it has none any more; false where there is no such document, or the answer could not be recorded.</summary>
    private async Task<bool> Resolve(long number)
    {
        if (await Recorded(number) is not { } document)
            return false;
        if (Attempts.Of(document) is not { } attempt)
            return true;
        if (!performing.Add(attempt.Key))
            return false;
        AcquirerAnswer? answer;
        try
        {
            answer = await Ask(attempt);
        }
        finally
        {
            performing.Remove(attempt.Key);
        }

        var tenant = await Tenant();
        if (answer is null)
            await Commit(attempt.Request, tenant, draft => AskLater(draft, document.Kind, number, attempt));
        else
            await Commit(attempt.Request, tenant, draft => Answer(draft, document.Kind, number, attempt, answer));
        // What is over is not in the book any more.
        return answer is not null && await Recorded(number) is { } after && Attempts.Of(after) is null;
    }

    /// <summary>
    /// The document, once what the book has of it is durable: a late notice of one attempt may come while the next is decided, and
    /// not committed. Null where it could not be read.
    /// </summary>
    private async Task<CheckoutDocument?> Recorded(long number)
    {
        while (true)
        {
            await Ready();
            if (!book.TryFind(number, out var document))
            {
                await Read(new NotReadYetException(number), 0);
                if (!book.TryFind(number, out document))
                    return null;
            }

            // Entries of a merchant commit in their order: with the last one all are there. One that is refused was read anew.
            var heard = lastHeard;
            if (document is null || heard.IsCompleted || await heard == Refusal.None)
                return document;
        }
    }

    private Task<AcquirerAnswer?> Submit(Attempt attempt) => Call(attempt, static async (acquirer, request) => await acquirer.Submit(request, CancellationToken.None));

    // What it never heard of is sent again under the same key: were the first one still on its way, the two would be one.
    private Task<AcquirerAnswer?> Ask(Attempt attempt) =>
        Call(attempt, static async (acquirer, request) => await acquirer.Find(request, CancellationToken.None) ?? await acquirer.Submit(request, CancellationToken.None));

    /// <summary>What an acquirer says; null where it says nothing.</summary>
    private async Task<AcquirerAnswer?> Call(Attempt attempt, Func<IAcquirer, AcquirerRequest, Task<AcquirerAnswer?>> call)
    {
        var started = services.Clock.GetTimestamp();
        using var step = CallStep(attempt);
        try
        {
            var answer = await call(services.Acquirers[attempt.Acquirer], Attempts.Request(attempt));
            Answered(step, attempt, answer, started);
            return answer;
        }
        catch (AcquirerSilentException silence)
        {
            Answered(step, attempt, null, started);
            MerchantGrainLog.NoAnswer(services.Logger, attempt.Key, silence);
            return null;
        }
    }

    private static Decided Answer(Draft draft, DocumentKind kind, long number, Attempt attempt, AcquirerAnswer? answer)
    {
        var document = draft.Find(kind, number)!;
        var present = Attempts.Of(document);
        var decided = present?.Key != attempt.Key || answer is null ? Decided.Shows(kind, number) : Apply(draft, document, present, answer);
        if (present?.Key == attempt.Key && answer is not null)
            draft.DueDone(DueKind.Resolve, number, present.AskAtMs);
        return Remembered(draft, decided, attempt);
    }

    private static Decided Apply(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer) => attempt.Operation switch
    {
        AcquirerOperation.Authorize => AuthorizationOutcome.Apply(draft, document, attempt, answer),
        AcquirerOperation.Capture or AcquirerOperation.Increase or AcquirerOperation.Void => AuthorizationDecisions.Apply(draft, document, attempt, answer),
        AcquirerOperation.Refund => RefundDecisions.Apply(draft, document, attempt, answer),
        AcquirerOperation.Answer or AcquirerOperation.Concede => DisputeDecisions.Apply(draft, document, attempt, answer),
        AcquirerOperation.Verify => SetupDecisions.Apply(draft, document, attempt, answer),
    };

    /// <summary>Stores the answer of the request that waits for the attempt, unless it has one: also where that is only <c>processing</c>.</summary>
    private static Decided Remembered(Draft draft, Decided decided, Attempt attempt)
    {
        var expands = attempt.Request.Expand.Count > 0;
        var answer = decided.Answer ?? Render(draft, decided, attempt.Request);
        // What was recorded cannot be refused for what it was to show: then it is shown plain.
        if (decided.Answer is null && answer.Status != 200)
            (answer, expands) = (new WireAnswer(200, draft.Find(decided.Kind, decided.Subject)!.Show()), false);
        if (attempt.StoredRequest != 0 && draft.Find(DocumentKind.StoredRequest, attempt.StoredRequest) is { Public: StoredRequest { Status: 0 } stored } document)
            draft.Put(DocumentKind.StoredRequest, document.Number, Store(draft, decided, answer, stored, expands));
        return Decided.Answers(decided.Kind, decided.Subject, answer with { IsKept = attempt.StoredRequest != 0 });
    }

    private static Decided AskLater(Draft draft, DocumentKind kind, long number, Attempt attempt)
    {
        var document = draft.Find(kind, number)!;
        if (Attempts.Of(document) is not { } present || present.Key != attempt.Key)
            return Decided.Shows(kind, number);
        var delay = Math.Min(MaxAskDelayMs, FirstAskDelayMs << Math.Min(present.Asked, 10));
        var later = present with { Asked = present.Asked + 1, AskAtMs = draft.NowMs + delay };
        draft.Put(kind, number, document.Public, Attempts.With(document.Private!, later));
        draft.DueDone(DueKind.Resolve, number, present.AskAtMs);
        draft.Due(DueKind.Resolve, number, later.AskAtMs);
        return Decided.Shows(kind, number);
    }

    private async ValueTask<long> Tenant() => (await services.Writer.Directory.Find(book.Owner))!.Tenant;
}
