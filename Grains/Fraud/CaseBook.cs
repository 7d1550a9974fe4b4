using System.Text.Json;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Grains.Fraud;

/// <summary>A fraud case as a document: how it is made, stored, and found again.</summary>
internal static class CaseBook
{
    /// <summary>The case of a payment that is held.</summary>
    /// <param name="number">The case's own.</param>
    public static FraudCase Open(AccountId debtor, AccountId creditor, Money amount, long payment, long number, RiskDecision decision, long nowMs, long expiresAtMs) => new()
    {
        Id = CaseList.IdOf(debtor, number),
        Version = 1,
        Status = CaseStatus.Open,
        PaymentId = new PaymentId(Bucket.Of(debtor), payment).ToString(),
        DebtorAccount = debtor.Value,
        CreditorAccount = creditor.Value,
        Amount = amount.ToDecimalString(),
        Currency = amount.Currency.Code,
        Score = decision.Score,
        Rules = RulesOf(decision),
        OpenedAt = DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(expiresAtMs),
    };

    /// <summary>The case of a card payment that goes on.</summary>
    /// <param name="creditor">The merchant's account that the money comes to.</param>
    public static FraudCase Open(string id, string intent, CaseCard card, string creditor, Money amount, RiskDecision decision, long nowMs, long expiresAtMs) => new()
    {
        Id = id,
        Version = 1,
        Status = CaseStatus.Open,
        PaymentId = intent,
        DebtorAccount = null,
        CreditorAccount = creditor,
        Card = card,
        Amount = amount.ToDecimalString(),
        Currency = amount.Currency.Code,
        Score = decision.Score,
        Rules = RulesOf(decision),
        OpenedAt = DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(expiresAtMs),
    };

    /// <summary>The case's state as a frame of its own, to be sealed.</summary>
    public static byte[] Frame(FraudCase state, long number)
    {
        var frame = new DocumentFrameWriter();
        var json = JsonSerializer.SerializeToUtf8Bytes(state, FraudJson.Default.FraudCase);
        json.CopyTo(frame.GetSpan(json.Length));
        frame.Advance(json.Length);
        frame.Add(CaseList.Kind, number, state.Version, json.Length, 0);
        return frame.Encode().ToArray();
    }

    /// <summary>What the index learns of a case's new state.</summary>
    /// <param name="before">Null for a new case.</param>
    public static DocumentChange Change(FraudCase state, FraudCase? before, long number, long payment, int shard, ReferenceHash hash)
    {
        var links = Links(state, payment, hash);
        var earlier = before is null ? [] : Links(before, payment, hash);
        return new DocumentChange(number, CaseList.OwnerOn(shard), CaseList.Kind)
        {
            IsNew = before is null,
            LinksAdded = [.. links.Except(earlier)],
            LinksRemoved = [.. earlier.Except(links)],
        };
    }

    /// <summary>What the row says in the clear: names, not contents.</summary>
    public static byte[] Data(FraudCase state)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("subject"u8, state.Id);
            json.WriteString("paymentId"u8, state.PaymentId);
            json.WriteString("status"u8, state.Status == CaseStatus.Open ? "open"u8 : "closed"u8);
            if (state.Resolution is { } resolution)
                json.WriteString("resolution"u8, resolution.Word());
            if (state.Label is { } label)
                json.WriteString("label"u8, label.Word());
            // An analyst is no customer: who acted is what an audit asks, and stays when a payer's key is destroyed.
            json.WriteString("by"u8, state.ChangedBy);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static IReadOnlyList<string> RulesOf(RiskDecision decision) =>
        [.. decision.Reasons.Where(static reason => reason is { Mode: RuleMode.Published, Points: > 0 }).Select(static reason => reason.Rule)];

    private static string[] Links(FraudCase state, long payment, ReferenceHash hash)
    {
        var links = new List<string>(5) { state.Status == CaseStatus.Open ? CaseList.Open : CaseList.Closed, CaseList.OfPayment(payment) };
        if (state.DebtorAccount is { } debtor)
            links.Add(CaseList.OfDebtor(debtor));
        if (state.Card is { } card)
            links.AddRange([CaseList.OfMerchant(card.Merchant), CaseList.OfCard(card.Fingerprint)]);
        if (state.Assignee is { Length: > 0 } assignee)
            links.Add(CaseList.OfAssignee(hash.OfAnalyst(assignee)));
        return [.. links];
    }
}
