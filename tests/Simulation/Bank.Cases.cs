using System.Text.Json;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Simulation;

/// <summary>Payments that are held, and what analysts and time make of them.</summary>
internal sealed partial class Bank
{
    /// <summary>The block list names it.</summary>
    public const string StolenDevice = "device_stolen";

    /// <summary>How long a payment is held.</summary>
    public static readonly TimeSpan HoldFor = TimeSpan.FromHours(4);

    private static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(30);

    private readonly Dictionary<long, BankCase> cases = [];
    private readonly Queue<EventType> owed = [];
    private (LogRow Row, BankPayment Payment, TransferKind Kind, Reason Reason) owing;

    public IEnumerable<BankCase> Cases => cases.Values;

    public BankCase? CaseOf(long payment) => payments.GetValueOrDefault(payment)?.Case;

    public BankCase? FindCase(long number) => cases.GetValueOrDefault(number);

    /// <summary>
    /// Whether the payer was elsewhere too lately: by the last of its payments with a place that came to something. One that another
    /// shard refused since the request was sent may have been known of, or not.
    /// </summary>
    private static void CheckHeld(LogRow row, Operation operation, BankAccount debtor, long since)
    {
        var expected = new HashSet<bool>();
        if (operation.City is null)
        {
            expected.Add(false);
        }
        else
        {
            var isCertain = false;
            foreach (var last in debtor.Paid.Where(static paid => paid.City is not null).OrderByDescending(static paid => (paid.TimeMs, paid.Payment)))
            {
                if (last.RefusedAt <= since)
                    continue;
                expected.Add(City.IsOutOfReach(last.City!, operation.City, row.TimeMs - last.TimeMs));
                isCertain = last.RefusedAt is null;
                if (isCertain)
                    break;
            }

            if (!isCertain)
                expected.Add(false);
        }

        Must(expected.Contains(row.Type == EventType.PaymentHeld), row, $"should {(expected.Contains(true) ? "" : "not ")}be held");
    }

    private void Held(LogRow row, BankPayment payment)
    {
        Must(row.Kind == TransferKind.Hold && row.ExpiresAtMs == row.TimeMs + (long)HoldFor.TotalMilliseconds, row, $"is held until {row.ExpiresAtMs}");
        Of(row.Debtor).DebitsPending += row.Amount;
        Of(row.Creditor).CreditsPending += row.Amount;
        Owes(row, payment, TransferKind.None, 0, EventType.FraudCaseOpened);
    }

    /// <summary>These rows stand behind this one in the same entry, and no other.</summary>
    private void Owes(LogRow row, BankPayment payment, TransferKind kind, Reason reason, params EventType[] types)
    {
        owing = (row, payment, kind, reason);
        foreach (var type in types)
            owed.Enqueue(type);
    }

    private void Follows(LogRow row)
    {
        var next = owed.Dequeue();
        var (after, payment, _, _) = owing;
        Must(row.Type == next && row.TimeMs == after.TimeMs && row.Key.IsNone, row, $"stands behind row {after.Id}, where {next} belongs");
        if (row.Type == EventType.FraudCaseOpened)
            Opened(row, payment);
        else
            Ends(row, payment);
    }

    private void Opened(LogRow row, BankPayment payment)
    {
        var (number, said) = Read(row);
        var held = payment.Row;
        Must(row.Version == 1 && row.Debtor == held.Debtor && payment.Case is null && !cases.ContainsKey(number), row, "opens a case of another payment, or a second one");
        var debtor = accounts[held.Debtor];
        var opened = new FraudCase
        {
            Id = CaseList.IdOf(AccountId.Parse(debtor.Id), number),
            Version = 1,
            Status = CaseStatus.Open,
            PaymentId = new PaymentId(Bucket.Of(AccountId.Parse(debtor.Id)), held.Id).ToString(),
            DebtorAccount = debtor.Id,
            CreditorAccount = payment.Operation.Creditor,
            Amount = new Money(held.Amount, held.Currency).ToDecimalString(),
            Currency = held.Currency.Code,
            Score = 60,
            Rules = ["impossible_travel"],
            OpenedAt = DateTimeOffset.FromUnixTimeMilliseconds(held.TimeMs),
            ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(held.ExpiresAtMs),
        };
        cases.Add(number, payment.Case = new BankCase(number, payment, opened));
        Must(said == Said(opened), row, $"says {said}");
    }

    /// <summary>An analyst's command, or the end of a hold's time.</summary>
    private void OfCase(LogRow row)
    {
        var (number, said) = Read(row);
        var about = cases.GetValueOrDefault(number) ?? throw Violated(row, "is of a case that was never opened");
        var debtor = accounts[row.Debtor];
        Must(row.Debtor == about.Payment.Row.Debtor && row.Kind == TransferKind.None, row, "is of another account's payment");
        debtor.Version++;
        var next = row.Key.IsNone ? Expired(row, about) : Acted(row, about, Asked(row), debtor);
        Must(row.Version == about.Now.Version + 1, row, $"has version {row.Version}, next is {about.Now.Version + 1}");
        about.Become(next with { Version = row.Version });
        Must(said == Said(about.Now), row, $"says {said}, it must be {Said(about.Now)}");
    }

    private FraudCase Expired(LogRow row, BankCase about)
    {
        Must(about.IsOpen && row.Type == EventType.FraudCaseClosed && row.TimeMs >= about.Payment.Row.ExpiresAtMs, row, "expires what is over, or before its time");
        Owes(row, about.Payment, TransferKind.Expire, Reason.RiskRefused, EventType.PaymentRejected);
        return Closed(about.Now, CaseResolution.Expired, row) with { ChangedBy = null };
    }

    private FraudCase Acted(LogRow row, BankCase about, Operation operation, BankAccount debtor)
    {
        Must(operation.Kind == OperationKind.Case && requests.PaymentOf(operation.Original)?.Number == about.Payment.Row.Id, row, $"is not what was asked for: {operation}");
        Must(operation.Version == about.Now.Version, row, $"acts on version {about.Now.Version}: {operation}");
        Must(about.IsOpen || operation.Action is CaseAction.Note or CaseAction.Label, row, "acts on a closed case");
        var type = operation.Action switch
        {
            CaseAction.Approve or CaseAction.Decline => EventType.FraudCaseClosed,
            CaseAction.Assign => EventType.FraudCaseAssigned,
            _ => EventType.FraudCaseChanged,
        };
        Must(row.Type == type, row, $"is not what was asked for: {operation}");
        var now = DateTimeOffset.FromUnixTimeMilliseconds(row.TimeMs);
        var next = about.Now;
        switch (operation.Action)
        {
            case CaseAction.Approve:
                Must(debtor.Status != AccountStatus.Frozen && row.TimeMs < about.Payment.Row.ExpiresAtMs, row, "releases a frozen account's payment, or one whose time is over");
                if (about.Payment.IsTransfer)
                    Owes(row, about.Payment, TransferKind.PostFinal, 0, EventType.PaymentReleased);
                else
                    Owes(row, about.Payment, TransferKind.PostFinal, 0, EventType.PaymentReleased, EventType.PaymentSettled);
                next = Closed(next, CaseResolution.Released, row);
                break;
            case CaseAction.Decline:
                Owes(row, about.Payment, TransferKind.Void, Reason.RiskRefused, EventType.PaymentRejected);
                next = Closed(next, CaseResolution.Refused, row);
                break;
            case CaseAction.Snooze:
                Must(operation.Until > now && operation.Until <= now + LongestSnooze, row, $"is set aside until {operation.Until}");
                next = next with { SnoozedUntil = operation.Until };
                break;
            case CaseAction.Assign:
                next = next with { Assignee = operation.Text, SnoozedUntil = null };
                break;
            case CaseAction.Note:
                next = next with { Notes = [.. next.Notes, new CaseNote(operation.Actor, now, operation.Text!)] };
                break;
            case CaseAction.Label:
                break;
        }

        return next with { ChangedBy = operation.Actor, Label = operation.Label ?? next.Label };
    }

    private static FraudCase Closed(FraudCase state, CaseResolution how, LogRow row) =>
        state with { Status = CaseStatus.Closed, Resolution = how, ClosedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.TimeMs), SnoozedUntil = null };

    /// <summary>What becomes of the held money: once, all of it, and as the case says.</summary>
    private void Ends(LogRow row, BankPayment payment)
    {
        var held = payment.Row;
        var (debtor, creditor) = (Of(held.Debtor), Of(held.Creditor));
        var moves = owed.Count == 0;
        Must(payment.End is null && row.Version == ++payment.Version && row.Payment == held.Id, row, $"has version {row.Version}, or follows an end");
        Must(row.Debtor == held.Debtor && row.Creditor == held.Creditor && row.Amount == held.Amount, row, "is of other accounts, or of another amount");
        Must(row.Kind == (moves ? owing.Kind : TransferKind.None) && row.Reason == owing.Reason, row, $"is {row.Kind}, reason {row.Reason}");
        if (row.Type == EventType.PaymentReleased)
            payment.Released = row;
        else
            payment.End = row;
        if (!moves)
            return;
        debtor.DebitsPending -= held.Amount;
        creditor.CreditsPending -= held.Amount;
        if (row.Kind == TransferKind.PostFinal)
            Move(row);
        else
            debtor.Paid.RemoveAll(paid => paid.Payment == held.Id);
    }

    private static (long Number, (string Payment, string Status, string? Resolution, string? Label, string? By) Said) Read(LogRow row)
    {
        using var json = JsonDocument.Parse(row.Data);
        var data = json.RootElement;
        Must(CaseList.TryParseId(data.GetProperty("subject").GetString(), out var number), row, "names no case");
        return (number, (data.GetProperty("paymentId").GetString()!, data.GetProperty("status").GetString()!, Text(data, "resolution"), Text(data, "label"), data.GetProperty("by").GetString()));
    }

    private static string? Text(JsonElement data, string name) => data.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static (string Payment, string Status, string? Resolution, string? Label, string? By) Said(FraudCase state)
    {
        using var json = JsonDocument.Parse(BankCase.Text(state));
        var data = json.RootElement;
        return (data.GetProperty("paymentId").GetString()!, data.GetProperty("status").GetString()!, data.GetProperty("resolution").GetString(), data.GetProperty("label").GetString(), state.ChangedBy);
    }
}
