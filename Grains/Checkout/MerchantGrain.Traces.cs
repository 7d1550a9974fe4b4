using System.Diagnostics;
using Grains.Acquirers;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Webhooks;

namespace Grains.Checkout;

/// <summary>Steps of a checkout's trace, where somebody listens: the grain's turn, the acquirer's call, a webhook's delivery. The latter two are counted always.</summary>
public sealed partial class MerchantGrain
{
    private async Task<WireAnswer> RunTraced(MerchantRequest request)
    {
        // A call from another process may come without its caller's trace; the request has it.
        using var step = Activity.Current is null ? JourneyTrace.Resume("merchant.run", ActivityKind.Server, request.Facts.Trace) : JourneyTrace.Step("merchant.run");
        step?.SetTag("payments.command", request.Command.GetType().Name);
        var answer = await RunNow(request);
        step?.SetTag("payments.answer", answer.Status);
        return answer;
    }

    /// <summary>The call of an acquirer for an attempt, which may be of a request long ago.</summary>
    private static Activity? CallStep(Attempt attempt)
    {
        var step = JourneyTrace.Step("acquirer.call", ActivityKind.Client, attempt.Request.Trace);
        step?.SetTag("payments.rail", "card").SetTag("payments.acquirer", attempt.Acquirer).SetTag("payments.operation", attempt.Operation.ToString());
        return step;
    }

    private void Answered(Activity? step, Attempt attempt, AcquirerAnswer? answer, long started)
    {
        CheckoutInstruments.OfProcess.Called(attempt.Operation, answer, services.Clock.GetElapsedTime(started));
        step?.SetTag("payments.outcome", answer?.Outcome.ToString() ?? "Silent");
        if (answer is null)
            step?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>A try to deliver an event: the first goes on in the trace that caused it, later ones are traces of their own that are linked to it.</summary>
    private static Activity? DeliveryStep(Delivery delivery)
    {
        var step = delivery.Attempts.Count == 0
            ? JourneyTrace.Resume("webhook.deliver", ActivityKind.Client, delivery.Trace)
            : JourneyTrace.Step("webhook.deliver", ActivityKind.Client, delivery.Trace);
        step?.SetTag("webhook.event", delivery.EventType).SetTag("webhook.try", delivery.Attempts.Count + 1);
        return step;
    }

    private static void Delivered(Activity? step, WebhookAnswer answer)
    {
        if (answer.Status != 0)
            step?.SetTag("http.response.status_code", answer.Status);
        if (!answer.IsDelivered)
            step?.SetStatus(ActivityStatusCode.Error);
    }
}
