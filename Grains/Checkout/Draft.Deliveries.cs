using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>The endpoints that an event goes to are known when it happens: its deliveries commit with it.</summary>
internal sealed partial class Draft
{
    /// <summary>Whether it writes work that is due at once.</summary>
    public bool HasWorkNow { get; private set; }

    /// <summary>Makes the event's deliveries; returns how many.</summary>
    private int Deliver(string type, long eventNumber, string eventId, long subject)
    {
        var count = 0;
        foreach (var endpoint in book.Endpoints)
        {
            if (Find(DocumentKind.WebhookEndpoint, endpoint) is not { Public: WebhookEndpoint wanted, Private: EndpointRecord record } || record.Deleted || wanted.Status != "enabled" || !Wants(wanted, type))
                continue;
            var number = NewNumber();
            Put(DocumentKind.Delivery, number, new Delivery
            {
                Id = IdOf(DocumentKind.Delivery, number),
                Event = eventNumber,
                EventId = eventId,
                EventType = type,
                Endpoint = endpoint,
                Subject = subject,
                Status = DeliveryStatus.Pending,
                CreatedMs = nowMs,
                NextAtMs = nowMs,
                Trace = request.Trace,
            });
            Due(DueKind.Deliver, number, nowMs);
            HasWorkNow = true;
            count++;
        }

        return count;
    }

    private static bool Wants(WebhookEndpoint endpoint, string type) => endpoint.EnabledEvents.Any(wanted => wanted == "*" || wanted == type);
}
