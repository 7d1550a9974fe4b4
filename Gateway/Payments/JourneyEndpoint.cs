using System.Globalization;
using System.Text.Json;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;

namespace Gateway.Payments;

/// <summary>
/// <c>GET /payments/{id}/journey</c>: everything that happened to a payment, in order, as the log tells it. What the log does not
/// time (the end of a commit) has no time here either.
/// </summary>
internal sealed class JourneyEndpoint(ILedgerReader reader, AccountDirectory directory, PaymentViews views)
{
    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (await views.Find((string?)context.Request.RouteValues["id"], caller) is not { } first)
            return new Problem(ProblemCode.NotFound, "There is no such payment.");
        var payment = await views.Read(first, caller);
        var steps = new List<Step>();
        foreach (var row in InOrder(await reader.PaymentRows(first.Id), await views.Transfer(first)))
            await Add(steps, row, payment, caller);

        return new JsonResult<(PaymentAnswer Payment, List<Step> Steps)>(StatusCodes.Status200OK, (payment, steps), static (json, state) => Write(json, state.Payment, state.Steps));
    }

    /// <summary>What the creditor's shard decided comes after the money left, and before the end; between what else lies there, by its time.</summary>
    private static List<LogRow> InOrder(IReadOnlyList<LogRow> own, LogRow? decided)
    {
        List<LogRow> rows = [.. own];
        if (decided is null)
            return rows;
        var place = 1 + Math.Max(0, rows.FindIndex(static row => row.Type == EventType.PaymentReleased));
        while (place < rows.Count && !PaymentReader.IsEnd(rows[place]) && rows[place].TimeMs < decided.TimeMs)
            place++;
        rows.Insert(place, decided);
        return rows;
    }

    private async ValueTask Add(List<Step> steps, LogRow row, PaymentAnswer payment, Caller caller)
    {
        if (PaymentViews.IsPayment(row))
        {
            steps.Add(new Step("payment.decided", "Decided", Decision(row, payment), row) { AtMs = row.TimeMs });
            steps.Add(new Step("payment.committed", "Committed", $"Durable at position {row.Position} of the event log, in one transaction with both balances.", row));
        }

        steps.Add(new Step(row.Type.Name(), Title(row.Type), await Detail(row, payment), row) { AtMs = row.TimeMs, Legs = await Legs(row, caller) });
    }

    private static string Decision(LogRow first, PaymentAnswer payment)
    {
        var of = payment.ReturnOf is { } original ? $"A return of {original}{(payment.ReturnReason is null ? "" : $" ({payment.ReturnReason})")}. " : "";
        var decision = first.Type == EventType.PaymentRejected && payment.Reason is { } reason
            ? $"Declined in one turn of the debtor's grain: {payment.Detail ?? reason.Sentence()}"
            : "Approved in one turn of the debtor's grain: idempotency key, status, limits and funds.";
        return of + decision;
    }

    private static string Title(EventType type) => type switch
    {
        EventType.PaymentSettled => "Settled",
        EventType.PaymentRejected => "Rejected",
        EventType.PaymentReturned => "Returned",
        EventType.PaymentHeld => "Held",
        EventType.PaymentReleased => "Released",
        EventType.PaymentVoided => "Voided",
        EventType.PaymentUnresolved => "Unresolved",
        EventType.PaymentCreated => "Debited",
        EventType.PaymentPending => "Pending",
        EventType.TransferCredited => "Credited",
        EventType.TransferRefused => "Refused",
        EventType.AccountOpened or EventType.AccountFrozen or EventType.AccountUnfrozen or EventType.AccountClosed
            or EventType.AccountLimitsChanged or EventType.AccountFunded or EventType.MerchantRecorded or EventType.CardAuthorized
            or EventType.CardAuthorizationIncreased or EventType.CardCaptured or EventType.CardVoided or EventType.CardAuthorizationExpired
            or EventType.CardRefunded or EventType.CardRefundFailed or EventType.FeeCharged or EventType.DisputeWithdrawn
            or EventType.DisputeReinstated or EventType.PayoutCreated or EventType.PayoutPaid or EventType.PayoutFailed or EventType.PayoutCanceled
            or EventType.FraudCaseOpened or EventType.FraudCaseAssigned or EventType.FraudCaseChanged or EventType.FraudCaseClosed
            or EventType.FraudRuleDrafted or EventType.FraudRuleValidated or EventType.FraudRuleShadowed or EventType.FraudRulePublished
            or EventType.FraudRuleRetired or EventType.FraudListChanged or EventType.FraudRuleChangeAsked or EventType.FraudModelChanged
            or EventType.FraudAlertRaised or EventType.FraudAlertClosed or EventType.FraudAlertExtended => throw new InvalidDataException($"{type} is no event of a payment."),
    };

    private async ValueTask<string> Detail(LogRow row, PaymentAnswer payment)
    {
        var amount = new Money(row.Amount, row.Currency);
        if (row.Type == EventType.PaymentReturned)
            return $"{amount} went back to the debtor by {await views.ReturnOf(row)}.";
        if (row.Type == EventType.PaymentUnresolved)
            return $"What became of {amount} is unknown, and asked for until it is known.";
        if (row.Type == EventType.PaymentCreated)
            return $"{amount} left {payment.Debtor} for the shard of {payment.Creditor}.";
        if (row.Type == EventType.PaymentHeld)
            return $"{amount} is held until the payment is looked at; it lowers what {payment.Debtor} has available.";
        if (row.Type == EventType.PaymentReleased)
            return "It was looked at, and let go.";
        if (row.Type == EventType.PaymentPending)
            return "The creditor's shard took longer than the submitter waits: answered as pending.";
        if (row.Type == EventType.TransferCredited)
            return $"{amount} arrived at {payment.Creditor}: decided once, whatever fails from here on.";
        if (row.Type == EventType.TransferRefused)
            return $"The creditor's shard refused: {row.Reason.Code()} {row.Reason.Name()}. {amount} goes back.";
        return payment.Reason is { } reason
            ? $"{reason.Code()} {reason.Name()}: {payment.Detail ?? reason.Sentence()}"
            : $"{amount} moved from {payment.Debtor} to {payment.Creditor}.";
    }

    // A balance is its own tenant's to see.
    private async ValueTask<List<Leg>> Legs(LogRow row, Caller caller)
    {
        var legs = new List<Leg>();
        if (row.Kind is not (TransferKind.Posted or TransferKind.Post or TransferKind.PostFinal))
            return legs;
        var debtor = (await directory.Find(row.Debtor))!;
        var creditor = (await directory.Find(row.Creditor))!;
        legs.Add(new Leg(debtor.Id, "debit", caller.Sees(debtor.Tenant) ? row.DebtorBalance : null));
        legs.Add(new Leg(creditor.Id, "credit", caller.Sees(creditor.Tenant) ? row.CreditorBalance : null));
        return legs;
    }

    private static void Write(Utf8JsonWriter json, PaymentAnswer payment, List<Step> steps)
    {
        json.WriteStartObject();
        json.WriteString("paymentId"u8, payment.Id.ToString());
        json.WriteString("status"u8, payment.Status.Name());
        json.WriteStartArray("steps"u8);
        foreach (var step in steps)
            Write(json, step);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Step step)
    {
        json.WriteStartObject();
        if (step.AtMs is { } at)
            json.WriteTime("at"u8, at);
        else
            json.WriteNull("at"u8);
        json.WriteString("type"u8, step.Type);
        json.WriteString("title"u8, step.Title);
        json.WriteString("detail"u8, step.Detail);
        json.WriteString("eventId"u8, EventId.Format(step.Row.Id));
        json.WriteNumber("shard"u8, ShardNumbers.ShardOf(step.Row.Id));
        json.WriteString("position"u8, step.Row.Position.ToString(CultureInfo.InvariantCulture));
        json.WriteStartArray("legs"u8);
        foreach (var leg in step.Legs)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, leg.Account.Value);
            json.WriteString("direction"u8, leg.Direction);
            json.WriteAmount("amount"u8, step.Row.Amount, step.Row.Currency);
            json.WriteString("currency"u8, step.Row.Currency.Code);
            if (leg.BalanceAfter is { } balance)
                json.WriteAmount("balanceAfter"u8, balance, step.Row.Currency);
            else
                json.WriteNull("balanceAfter"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private sealed record Step(string Type, string Title, string Detail, LogRow Row)
    {
        public long? AtMs { get; init; }

        public IReadOnlyList<Leg> Legs { get; init; } = [];
    }

    private sealed record Leg(AccountId Account, string Direction, long? BalanceAfter);
}
