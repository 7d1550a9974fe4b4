using System.Text.Json;
using Gateway.Checkout;
using Gateway.Keys;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Gateway.Webhooks;

/// <summary>An endpoint as its merchant's grain knows it.</summary>
internal sealed record KnownEndpoint(WebhookEndpoint Endpoint, EndpointRecord Record);

/// <summary>A delivery, with its endpoint's id and the body that it carries, where they are asked for.</summary>
internal sealed record ShownDelivery(Delivery Delivery, string Endpoint, string? Url, byte[]? Body);

/// <summary>Reads a merchant's endpoints and deliveries.</summary>
internal sealed class DeliveryLog(CheckoutObjects objects, DocumentReader documents)
{
    private const int MaxEndpoints = 100;
    private const int PageLength = 200;

    /// <summary>Deliveries that one request looks at; then it answers what it found, and where to go on.</summary>
    private const int MaxScanned = 5_000;

    public async ValueTask<IReadOnlyList<KnownEndpoint>> Endpoints(Caller caller)
    {
        if (await objects.Owner(caller) is not { } owner)
            return [];
        var known = new List<KnownEndpoint>();
        foreach (var document in await documents.List(new DocumentQuery(owner.Number, (byte)DocumentKind.WebhookEndpoint, null, 0, 0, MaxEndpoints)))
            if (Read(document.State) is { Record.Deleted: false } endpoint)
                known.Add(endpoint);
        return known;
    }

    public async ValueTask<KnownEndpoint?> Endpoint(Caller caller, string id) => (await Endpoints(caller)).FirstOrDefault(known => known.Endpoint.Id == id);

    /// <summary>Deliveries, newest first, below a number (0: from the newest); and after which number to go on, where there may be more.</summary>
    /// <param name="link">What they are narrowed to: <c>dead</c>, <c>pending</c>, an endpoint or an event; null for all.</param>
    public async ValueTask<(IReadOnlyList<ShownDelivery> Page, long? Next)> List(Caller caller, Func<int, string?> link, long before, int limit, DeliveryStatus? status)
    {
        if (await objects.Owner(caller) is not { } owner)
            return ([], null);
        var bucket = Bucket.Of(owner.Id);
        var found = new List<ShownDelivery>();
        var query = new DocumentQuery(owner.Number, (byte)DocumentKind.Delivery, link(bucket), before, 0, PageLength);
        for (var scanned = 0; scanned < MaxScanned;)
        {
            var page = await documents.List(query);
            foreach (var document in page)
            {
                var delivery = JsonSerializer.Deserialize(document.State.Public.Span, StoredJson.Default.Delivery)!;
                if (status is null || delivery.Status == status)
                {
                    if (found.Count == limit)
                        return (found, query.Before);
                    found.Add(new ShownDelivery(delivery, DocumentId.Format(DocumentKind.WebhookEndpoint, bucket, delivery.Endpoint), null, null));
                }

                query = query with { Before = document.State.Number };
            }

            scanned += page.Count;
            if (page.Count < PageLength)
                return (found, null);
        }

        return (found, query.Before);
    }

    /// <summary>The delivery with its body; null where the merchant has none with this id.</summary>
    public async ValueTask<ShownDelivery?> Find(Caller caller, string id)
    {
        if (await objects.Owner(caller) is not { } owner)
            return null;
        var bucket = Bucket.Of(owner.Id);
        if (!DocumentId.TryParse(id, DocumentKind.Delivery, bucket, out var number) || await documents.Find(owner.Number, (byte)DocumentKind.Delivery, number) is not { } state)
            return null;
        var delivery = JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.Delivery)!;
        var endpoint = await documents.Find(owner.Number, (byte)DocumentKind.WebhookEndpoint, delivery.Endpoint) is { } found ? Read(found) : null;
        return new ShownDelivery(delivery, DocumentId.Format(DocumentKind.WebhookEndpoint, bucket, delivery.Endpoint), endpoint?.Endpoint.Url, await Body(owner, delivery.Event, endpoint?.Record));
    }

    /// <summary>What an endpoint is sent of an event; null where the merchant has no such event.</summary>
    public async ValueTask<byte[]?> Body(Caller caller, string eventId, EndpointRecord endpoint) =>
        await objects.Owner(caller) is { } owner && DocumentId.TryParse(eventId, DocumentKind.Event, Bucket.Of(owner.Id), out var number) ? await Body(owner, number, endpoint) : null;

    private async ValueTask<byte[]?> Body(AccountRecord owner, long eventNumber, EndpointRecord? endpoint)
    {
        if (await documents.Open(owner.Number, (byte)DocumentKind.Event, eventNumber) is not { } opened)
            return null;
        var happened = JsonSerializer.Deserialize(opened.State.Public.Span, StoredJson.Default.EventRecord)!;
        var subject = CheckoutObjects.Show(opened.Frame[happened.Place]);
        return endpoint is { IsStandard: true } ? EventForm.WriteStandard(happened, subject) : EventForm.Write(happened, subject, endpoint?.ApiVersion);
    }

    private static KnownEndpoint Read(DocumentState state) => new(
        JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.WebhookEndpoint)!,
        JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.EndpointRecord)!);
}
