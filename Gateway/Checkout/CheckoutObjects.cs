using System.Text.Json;
using Gateway.Keys;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Gateway.Checkout;

/// <summary>Reads a merchant's committed objects as the wire shows them.</summary>
internal sealed class CheckoutObjects(DocumentReader documents, AccountDirectory directory, ProductClock clock)
{
    // Spelled out: a bare null would become an empty memory.
    private static ReadOnlyMemory<byte>? NoObject => null;

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The account that owns the merchant's documents; null where it has none yet.</summary>
    public async ValueTask<AccountRecord?> Owner(Caller caller) =>
        AccountId.TryParse(caller.TenantName, out var id) && await directory.Find(id) is { } account && account.Tenant == caller.Tenant ? account : null;

    /// <summary>The object's JSON; null where the merchant has none of that kind with this id.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> Find(Caller caller, DocumentKind kind, string id)
    {
        if (await Owner(caller) is not { } owner || !DocumentId.TryParse(id, kind, Bucket.Of(owner.Id), out var number))
            return null;
        return await documents.Open(owner.Number, (byte)kind, number) is { } document ? Show(document) : NoObject;
    }

    /// <summary>Any object's JSON by its id.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> FindAny(Caller caller, string id)
    {
        if (await Owner(caller) is not { } owner)
            return null;
        if (id.StartsWith(Expansion.RefundsOf, StringComparison.Ordinal))
            return await RefundsOf(owner, id[Expansion.RefundsOf.Length..]);
        if (id.StartsWith(Expansion.LinesOf, StringComparison.Ordinal))
            return await FindSession(caller, id[Expansion.LinesOf.Length..]) is var (session, record) ? SessionLines.Write(session, record) : NoObject;
        if (!DocumentId.TryParse(id, Bucket.Of(owner.Id), out var kind, out _))
            return null;
        return await Find(caller, kind, id);
    }

    /// <summary>A checkout session with what its page sells.</summary>
    public async ValueTask<(CheckoutSession Session, SessionRecord Record)?> FindSession(Caller caller, string id)
    {
        if (await Owner(caller) is not { } owner || !DocumentId.TryParse(id, DocumentKind.CheckoutSession, Bucket.Of(owner.Id), out var number)
            || await documents.Open(owner.Number, (byte)DocumentKind.CheckoutSession, number) is not { } document)
            return null;
        return (JsonSerializer.Deserialize(document.State.Public.Span, StoredJson.Default.CheckoutSession)!, JsonSerializer.Deserialize(document.State.Private.Span, StoredJson.Default.SessionRecord)!);
    }

    // The newest ten, as Stripe shows them inside a charge.
    private async ValueTask<ReadOnlyMemory<byte>?> RefundsOf(AccountRecord owner, string charge)
    {
        var found = await documents.List(new DocumentQuery(owner.Number, (byte)DocumentKind.Refund, "charge:" + charge, 0, 0, RefundList.MaxShown + 1));
        return RefundList.Write(charge, [.. found.Take(RefundList.MaxShown).Select(static refund => (ReadOnlyMemory<byte>)Show(refund.State))], found.Count > RefundList.MaxShown);
    }

    public ValueTask<IReadOnlyList<OpenedDocument>> List(DocumentQuery query) => documents.List(query);

    /// <summary>A document's object as it was in one of its states.</summary>
    public static byte[] Show(DocumentState state) => DocumentForm.Show((DocumentKind)state.Kind, state.Public);

    /// <summary>The object as callers see it now; null for one that is hidden.</summary>
    public ReadOnlyMemory<byte>? Show(OpenedDocument document)
    {
        var state = document.State;
        switch ((DocumentKind)state.Kind)
        {
            case DocumentKind.Event:
                var happened = JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.EventRecord)!;
                return EventForm.Write(happened, Show(document.Frame[happened.Place]));
            case DocumentKind.BalanceTransaction:
                var transaction = JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.BalanceTransaction)!;
                if (transaction.Status == "pending" && transaction.AvailableOn <= Now)
                    transaction = transaction with { Status = "available" };
                return JsonSerializer.SerializeToUtf8Bytes(transaction, CheckoutJson.Default.BalanceTransaction);
            case DocumentKind.Customer:
                var customer = JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.Customer)!;
                return customer.Deleted == true ? JsonSerializer.SerializeToUtf8Bytes(new DeletedObject(customer.Id, "customer"), CheckoutJson.Default.DeletedObject) : JsonSerializer.SerializeToUtf8Bytes(customer, CheckoutJson.Default.Customer);
            case DocumentKind.WebhookEndpoint:
                return JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.EndpointRecord) is { Deleted: false, IsStandard: false } ? Show(state) : NoObject;
            default:
                return Show(state);
        }
    }
}
