using Grains.Fraud;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Shards;

namespace Grains.Checkout;

/// <summary>A fraud case stands with the merchant's documents, in the same entry; each of its steps is an event of its own, for analysts.</summary>
internal sealed partial class Draft
{
    private List<(EventType Type, FraudCase State, long Tenant)>? caseEvents;

    /// <param name="tenant">Whose key acts; 0 for whoever's the entry is.</param>
    public void PutCase(long number, FraudCase state, EventType type, long tenant = 0)
    {
        Put(DocumentKind.FraudCase, number, state);
        Keep(DocumentKind.FraudCase, number);
        (caseEvents ??= []).Add((type, state, tenant == 0 ? Tenant : tenant));
    }

    private LogRow[]? MoreRows()
    {
        if (caseEvents is null)
            return money.Count == 0 ? null : [.. money];
        var rows = new List<LogRow>(money);
        foreach (var (type, state, tenant) in caseEvents)
        {
            var row = new LogRow
            {
                Id = NewNumber(),
                Type = type,
                TimeMs = nowMs,
                Tenant = tenant,
                Payment = 0,
                Version = state.Version,
                Debtor = book.Owner,
                Currency = Currency.Usd,
                Data = CaseBook.Data(state),
            };
            LeafHash.Seal(row);
            rows.Add(row);
        }

        return [.. rows];
    }

    private DocumentChange Change(CheckoutDocument document, FraudCase state, FraudCase? before)
    {
        if (!TryNumber(DocumentKind.PaymentIntent, state.PaymentId, out var intent))
            throw new InvalidDataException($"Case {state.Id} is about no payment intent of merchant {Merchant}.");
        return CaseBook.Change(state, before, document.Number, intent, ShardNumbers.ShardOf(document.Number), tools.References);
    }
}
