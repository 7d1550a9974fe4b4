using System.Text.Json;
using Gateway.Events;
using Gateway.Keys;
using Gateway.Payments;
using Gateway.Wire;
using Grains.Interfaces.Events;
using Ledger;
using Ledger.Shards;

namespace Gateway.Fraud;

/// <summary>A page of the fraud stream: its events, and where the log was read up to.</summary>
internal sealed record FraudStreamPage(IReadOnlyList<FraudStreamEvent> Events, LogCursor End, bool IsFull);

/// <summary>Reads the log as the fraud stream's events: opens, decodes and renders each.</summary>
internal sealed class FraudStreamReader(EventReader events, PaymentReader payments, AccountDirectory directory, JudgedCards cards)
{
    public const int PageRows = 500;

    /// <summary>Whoever may read the stream sees all of it.</summary>
    private static readonly Caller Analyst = new(0, "", ApiKeyRole.Analyst);

    private static readonly EventFilter All = new(null, null);

    /// <summary>The next page after a cursor; null where nothing is there yet.</summary>
    public async ValueTask<FraudStreamPage?> After(LogCursor cursor)
    {
        var rows = await events.After(cursor, PageRows);
        if (rows.Count == 0)
            return null;
        var found = new List<FraudStreamEvent>(rows.Count);
        var end = cursor;
        foreach (var row in rows)
        {
            end = end.After(row);
            if ((FraudStreamFilter.IsOfStream(row.Type) ? await Read(row) : await ReadCard(row)) is { } fraudEvent)
                found.Add(fraudEvent);
        }

        return new FraudStreamPage(found, end, rows.Count == PageRows);
    }

    private async ValueTask<FraudStreamEvent?> ReadCard(LogRow row)
    {
        if (await cards.Read(row) is not { } judged)
            return null;
        var json = JsonReply.Render((row, judged), static (json, state) => JudgedCards.Write(json, state.row, state.judged)).ToArray();
        return new FraudStreamEvent(ShardNumbers.ShardOf(row.Id), row.Position, JudgedCards.Type, judged.Charge.Id, json)
        {
            Intent = judged.Charge.PaymentIntent,
            Creditor = judged.Merchant,
            Decision = judged.Decision,
        };
    }

    private async ValueTask<FraudStreamEvent?> Read(LogRow row)
    {
        if (await events.See(row, Analyst, All) is not { } seen)
            return null;
        var decision = PaymentViews.IsPayment(row) ? await payments.ReadDecision(row) : null;
        var debtor = seen.Payment?.Debtor.Value ?? (await directory.Find(row.SubjectAccount))?.Id.Value;
        var json = JsonReply.Render(seen with { Decision = decision }, EventJson.Write).ToArray();
        return new FraudStreamEvent(ShardNumbers.ShardOf(row.Id), row.Position, row.Type.Name(), seen.Subject, json)
        {
            Debtor = debtor ?? "",
            Creditor = seen.Payment?.Creditor.Value ?? "",
            Named = row.Type is EventType.FraudAlertRaised or EventType.FraudAlertExtended ? Named(row) : [],
            Decision = decision,
        };
    }

    private static List<string> Named(LogRow row)
    {
        using var data = JsonDocument.Parse(row.Data);
        return [.. data.RootElement.GetProperty("accounts"u8).EnumerateArray().Select(static account => account.GetString()!)];
    }
}
