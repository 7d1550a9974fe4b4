using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Webhooks;
using Ledger.Documents;

namespace Grains.Checkout;

/// <summary>
/// Deliveries of events. An object's events arrive at an endpoint in their order: a delivery waits for those before it in its line,
/// and for nothing else. What is due only queues here, so that whoever hands it over waits for no receiver.
/// </summary>
public sealed partial class MerchantGrain
{
    /// <summary>How long a delivery waits before it looks again whether those before it have arrived.</summary>
    private const long WaitInLineMs = 1_000;

    /// <summary>Tries that a delivery remembers.</summary>
    private const int MaxAttempts = 25;

    private readonly DeliveryQueues queues = new();

    public async Task<bool> Redeliver(string delivery)
    {
        await Ready();
        if (!DocumentId.TryParse(delivery, DocumentKind.Delivery, book.Bucket, out var number) || await services.Documents.Find(book.Owner, (byte)DocumentKind.Delivery, number) is null)
            return false;
        if (!queues.TryHold(number))
            return true;
        try
        {
            await Send(number, byHand: true);
        }
        finally
        {
            queues.LetGo(number);
        }

        return true;
    }

    public async Task<bool> SendNext(DeliveryQueue queue)
    {
        if (!queues.TryTake(queue, out var number))
            return false;
        try
        {
            await Ready();
            var delivery = await Find(number);
            if (delivery.Status == DeliveryStatus.Pending && await First(delivery) is { } first && first.Id == delivery.Id && await Send(number, byHand: false))
                await QueueNext(delivery);
        }
        finally
        {
            queues.Release(queue, number);
            SendWaiting(queue);
        }

        return true;
    }

    /// <summary>Queues what is due, where nothing of its line comes before it.</summary>
    private async Task<bool> Deliver(DueCall work)
    {
        if (queues.Has(work.Id))
            return false;
        if (await services.Documents.Find(book.Owner, (byte)DocumentKind.Delivery, work.Id) is not { } state)
            return true;
        var delivery = (Delivery)CheckoutDocument.Read(state).Public;
        if (delivery.Status != DeliveryStatus.Pending || delivery.NextAtMs != work.AtMs)
        {
            await Commit(Ours, await Tenant(), draft => Struck(draft, work));
            return true;
        }

        if (await First(delivery) is { } first && first.Id != delivery.Id)
        {
            // One that is on its way, or about to be, is followed by this one at once; one that failed has a time of its own.
            if (first.NextAtMs > NowMs)
                await Commit(Ours, await Tenant(), draft => WaitInLine(draft, work.Id, Math.Max(first.NextAtMs, draft.NowMs) + WaitInLineMs));
            return false;
        }

        Queue(work.Id, delivery);
        return false;
    }

    // The next of the line goes at once, behind what waits already; its own time comes later, and finds nothing to do.
    private async Task QueueNext(Delivery done)
    {
        if (await First(done) is { } next && DocumentId.TryParse(next.Id, DocumentKind.Delivery, book.Bucket, out var number))
            Queue(number, next);
    }

    private void Queue(long number, Delivery delivery)
    {
        var queue = new DeliveryQueue(delivery.Endpoint, IsAgain: delivery.Attempts.Count > 0);
        if (queues.TryAdd(queue, number))
            SendWaiting(queue);
    }

    private void SendWaiting(DeliveryQueue queue)
    {
        for (var ready = queues.Ready(queue); ready > 0; ready--)
            _ = CallSendNext(queue);
    }

    // Nobody waits for it: what fails here is in the ledger, and handed over again.
    private async Task CallSendNext(DeliveryQueue queue)
    {
        try
        {
            await services.Grains.Get<IMerchantGrain>(book.Merchant).SendNext(queue);
        }
        catch (Exception exception)
        {
            // A host that goes down makes no noise: whoever starts on this ledger sends it.
            if (exception is not GrainHostStopping)
                MerchantGrainLog.DeliveryFailed(services.Logger, queue.Endpoint, exception);
        }
    }

    /// <summary>One try. True where the delivery needs no further one. Only for who holds it in <see cref="queues"/>.</summary>
    /// <param name="byHand">Sends to an endpoint that was disabled, too.</param>
    private async Task<bool> Send(long number, bool byHand)
    {
        var delivery = await Find(number);
        if (await Message(delivery, byHand) is not { } message)
        {
            // Nobody wants it any more.
            await Commit(Ours, await Tenant(), draft => Settled(draft, number, DeliveryStatus.Dead, null));
            return true;
        }

        using var step = DeliveryStep(delivery);
        var answer = await services.Webhooks.Send(message);
        Delivered(step, answer);
        await Commit(Ours, await Tenant(), draft => Tried(draft, number, answer));
        var after = answer.IsDelivered ? DeliveryStatus.Delivered : (await Find(number)).Status;
        CheckoutInstruments.OfProcess.Tried(answer.IsDelivered, after);
        return after != DeliveryStatus.Pending;
    }

    private async ValueTask<Delivery> Find(long number) => (Delivery)CheckoutDocument.Read((await services.Documents.Find(book.Owner, (byte)DocumentKind.Delivery, number))!).Public;

    /// <summary>The oldest pending delivery of the line.</summary>
    private async ValueTask<Delivery?> First(Delivery delivery)
    {
        var first = await services.Documents.List(new DocumentQuery(book.Owner, (byte)DocumentKind.Delivery, DocumentLinks.Line(delivery.Endpoint, delivery.Subject), 0, 0, 1, OldestFirst: true));
        return first.Count == 0 ? null : (Delivery)CheckoutDocument.Read(first[0].State).Public;
    }

    /// <summary>What is sent; null where the endpoint wants no more.</summary>
    private async ValueTask<WebhookMessage?> Message(Delivery delivery, bool byHand)
    {
        if (await services.Documents.Find(book.Owner, (byte)DocumentKind.WebhookEndpoint, delivery.Endpoint) is not { } found)
            return null;
        var document = CheckoutDocument.Read(found);
        var (endpoint, record) = ((WebhookEndpoint)document.Public, (EndpointRecord)document.Private!);
        var opened = (await services.Documents.Open(book.Owner, (byte)DocumentKind.Event, delivery.Event))!;
        // The book knows what was decided a moment ago.
        if (book.TryFind(delivery.Endpoint, out var present) && present is not null)
            (endpoint, record) = ((WebhookEndpoint)present.Public, (EndpointRecord)present.Private!);
        if (record.Deleted || (endpoint.Status != "enabled" && !byHand))
            return null;
        var happened = (EventRecord)CheckoutDocument.Read(opened.State).Public;
        var state = opened.Frame[happened.Place];
        var subject = DocumentForm.Show((DocumentKind)state.Kind, state.Public);
        IReadOnlyList<string> secrets = record.PreviousSecret is { } previous && NowMs < record.PreviousUntilMs ? [record.Secret, previous] : [record.Secret];
        return record.IsStandard
            ? new WebhookMessage(endpoint.Url, EventForm.WriteStandard(happened, subject), secrets, NowMs / 1_000, happened.Id)
            : new WebhookMessage(endpoint.Url, EventForm.Write(happened, subject, record.ApiVersion), secrets, NowMs / 1_000);
    }

    private static Decided Tried(Draft draft, long number, WebhookAnswer answer)
    {
        var delivery = (Delivery)draft.Find(DocumentKind.Delivery, number)!.Public;
        var attempt = new DeliveryAttempt(draft.NowMs, answer.Status, answer.TookMs, answer.Detail, answer.Signature);
        if (answer.IsDelivered)
            return Settled(draft, number, DeliveryStatus.Delivered, attempt);
        if (delivery.Status != DeliveryStatus.Pending)
            return Settled(draft, number, delivery.Status, attempt);
        if (answer.IsGone || RetrySchedule.Next(delivery.CreatedMs, draft.NowMs, delivery.Attempts.Count + 1, answer.RetryAfterMs) is not { } next)
        {
            if (answer.IsGone && draft.Find(DocumentKind.WebhookEndpoint, delivery.Endpoint) is { } endpoint)
                draft.Put(DocumentKind.WebhookEndpoint, endpoint.Number, (WebhookEndpoint)endpoint.Public with { Status = "disabled" }, endpoint.Private);
            return Settled(draft, number, DeliveryStatus.Dead, attempt);
        }

        draft.DueDone(DueKind.Deliver, number, delivery.NextAtMs);
        draft.Due(DueKind.Deliver, number, next);
        draft.Put(DocumentKind.Delivery, number, delivery with { NextAtMs = next, Attempts = With(delivery, attempt) });
        return Decided.Shows(DocumentKind.Delivery, number);
    }

    private static Decided Settled(Draft draft, long number, DeliveryStatus status, DeliveryAttempt? attempt)
    {
        var delivery = (Delivery)draft.Find(DocumentKind.Delivery, number)!.Public;
        if (delivery.NextAtMs != 0)
            draft.DueDone(DueKind.Deliver, number, delivery.NextAtMs);
        draft.Put(DocumentKind.Delivery, number, delivery with { Status = status, NextAtMs = 0, Attempts = attempt is null ? delivery.Attempts : With(delivery, attempt) });
        return Decided.Shows(DocumentKind.Delivery, number);
    }

    private static Decided WaitInLine(Draft draft, long number, long untilMs)
    {
        var delivery = (Delivery)draft.Find(DocumentKind.Delivery, number)!.Public;
        if (delivery.Status != DeliveryStatus.Pending)
            return Decided.Shows(DocumentKind.Delivery, number);
        draft.DueDone(DueKind.Deliver, number, delivery.NextAtMs);
        draft.Due(DueKind.Deliver, number, untilMs);
        draft.Put(DocumentKind.Delivery, number, delivery with { NextAtMs = untilMs });
        return Decided.Shows(DocumentKind.Delivery, number);
    }

    private static DeliveryAttempt[] With(Delivery delivery, DeliveryAttempt attempt) => [.. delivery.Attempts.TakeLast(MaxAttempts - 1), attempt];
}
