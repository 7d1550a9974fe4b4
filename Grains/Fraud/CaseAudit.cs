using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Fraud;

/// <summary>
/// Whether the cases of a shard agree with the payments that they are about: each payment that was ever held has one case; while it is
/// held, the case is open and its end is due; a closed case says how the payment ended. Told every row of the log, in order.
/// </summary>
/// <param name="nameOf">What an account is called, by its number.</param>
/// <param name="found">Is told what differs: the row where it stands, the field, a sentence.</param>
internal sealed class CaseAudit(Func<long, string?> nameOf, Action<LogRow, string, string> found)
{
    private readonly Dictionary<long, Held> payments = [];

    /// <summary>A payment that was held.</summary>
    private sealed class Held(LogRow first)
    {
        public LogRow First => first;

        /// <summary>The row that ended the hold; null while it is held.</summary>
        public LogRow? End { get; set; }

        public FraudCase? Case { get; set; }
    }

    public void Read(LogRow row)
    {
        if (row.Type == EventType.PaymentHeld)
            payments[row.Id] = new Held(row);
        else if (IsEnd(row) && payments.TryGetValue(row.Payment, out var held))
            held.End ??= row;
    }

    /// <param name="cases">Each one's newest state, and the row that recorded it.</param>
    /// <param name="due">The ends of holds that were due when the log had been read up to <paramref name="dueAt"/>; it was read on since.</param>
    public void Compare(IEnumerable<(FraudCase State, LogRow Row)> cases, IReadOnlyList<DueItem> due, long dueAt)
    {
        foreach (var (state, row) in cases)
            if (PaymentId.TryParse(state.PaymentId, out var payment))
                Compare(state, row, payment.Number);
        foreach (var held in payments.Values)
            if (held.Case is null)
                found(held.First, "paymentId", $"Payment {Name(held)} {(held.End is null ? "is" : "was")} held, and no case is about it.");
        CompareDue(due, dueAt);
    }

    private void Compare(FraudCase state, LogRow row, long payment)
    {
        if (!payments.TryGetValue(payment, out var held))
        {
            found(row, "paymentId", $"Case {state.Id} is about payment {state.PaymentId}, which was never held.");
            return;
        }

        if (held.Case is { } other)
            found(row, "paymentId", $"Case {state.Id} is about payment {state.PaymentId}, and so is case {other.Id}.");
        held.Case ??= state;
        var (said, came) = (state.Status == CaseStatus.Open ? "open" : state.Resolution is { } resolution ? resolution.Word() : "closed", EndOf(held));
        if (said != came)
            found(row, state.Status == CaseStatus.Open ? "status" : "resolution", $"Case {state.Id} is {said}; its payment {state.PaymentId} {(held.End is null ? "is held" : $"was {came}")}.");
        var amount = new Money(held.First.Amount, held.First.Currency);
        if (state.Amount != amount.ToDecimalString() || state.Currency != amount.Currency.Code)
            found(row, "amount", $"Case {state.Id} is about {state.Amount} {state.Currency}; {amount.ToDecimalString()} {amount.Currency.Code} was held.");
    }

    private void CompareDue(IReadOnlyList<DueItem> due, long dueAt)
    {
        var ids = due.Select(static item => item.Id).ToHashSet();
        foreach (var held in payments.Values)
            if (held.First.Position <= dueAt && held.End is null && !ids.Contains(held.First.Id))
                found(held.First, "due", $"Payment {Name(held)} is held, and nothing is due that ends it.");
            else if (held.End?.Position <= dueAt && ids.Contains(held.First.Id))
                found(held.End, "due", $"The end of payment {Name(held)} is due, and it is held no more.");
    }

    private static bool IsEnd(LogRow row) =>
        row.Type == EventType.PaymentReleased || (row.Type == EventType.PaymentRejected && row.Kind is TransferKind.Void or TransferKind.Expire);

    private static string EndOf(Held held) => held.End switch
    {
        null => "open",
        { Type: EventType.PaymentReleased } => CaseResolution.Released.Word(),
        { Kind: TransferKind.Expire } => CaseResolution.Expired.Word(),
        _ => CaseResolution.Refused.Word(),
    };

    private string Name(Held held) =>
        AccountId.TryParse(nameOf(held.First.Debtor), out var debtor) ? new PaymentId(Bucket.Of(debtor), held.First.Id).ToString() : EventId.Format(held.First.Id);
}
