using System.Globalization;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Ledger;

namespace Grains.Checkout;

/// <summary>
/// Payouts: available money goes from the merchant's balance to <c>system:transit</c>, and from there to its bank, or back.
/// </summary>
internal static class PayoutDecisions
{
    /// <summary>How long a payout can be canceled, before the bank is told.</summary>
    private const long TellsAfterMs = 3600L * 1000;

    private const long InstantMs = 30L * 60 * 1000;
    private const long Day = 24 * 3600;

    /// <summary>How long a bank takes: two days, then at midnight UTC.</summary>
    private const long StandardDays = 2;

    public static Decided Create(Draft draft, CreatePayout command)
    {
        if (!draft.Tools.Acquirer.IsSandbox)
            return WireError.Invalid(draft.Request, $"Sorry, you don't have any external accounts in that currency ({command.Currency}).", "currency");
        var destination = command.Destination ?? PayoutDestination.Default;
        if (!PayoutDestination.Exists(destination))
            return WireError.NoSuch(draft.Request, "external account", destination, "destination", inPath: false);
        var currency = Books.CurrencyOf(command.Currency);
        if (command.Amount > draft.Available(currency))
            return WireError.Invalid(draft.Request, "You have insufficient available funds in your account: a payout is made of what is available, not of what is pending.", "amount", "balance_insufficient");
        var number = draft.NewNumber();
        var id = draft.IdOf(DocumentKind.Payout, number);
        var isInstant = command.Method == "instant";
        var arrivesAt = isInstant ? draft.Now + (InstantMs / 1000) : (((draft.Now + Day - 1) / Day) + StandardDays) * Day;
        var courseAtMs = isInstant ? arrivesAt * 1000 : draft.NowMs + TellsAfterMs;
        draft.Move(EventType.PayoutCreated, TransferKind.Posted, draft.BalanceAccount(currency), SystemAccount.Transit.Number(currency), command.Amount, currency, id);
        draft.Put(
            DocumentKind.Payout,
            number,
            new Payout
            {
                Id = id,
                Amount = command.Amount,
                ArrivalDate = arrivesAt,
                BalanceTransaction = Books.Note(draft, "payout", "payout", id, -command.Amount, 0, currency, command.Description ?? "STRIPE PAYOUT", availableAtOnce: true),
                Created = draft.Now,
                Currency = command.Currency,
                Description = command.Description,
                Destination = destination,
                Metadata = MetadataUpdate.After(command.Metadata, new Dictionary<string, string>()),
                Method = command.Method,
                StatementDescriptor = command.StatementDescriptor,
                Status = isInstant ? "in_transit" : "pending",
                TraceId = new TraceId("pending", null),
            },
            new PayoutRecord(courseAtMs));
        draft.Due(DueKind.PayoutCourse, number, courseAtMs);
        draft.Emit("payout.created", DocumentKind.Payout, number);
        return Decided.Shows(DocumentKind.Payout, number);
    }

    public static Decided Update(Draft draft, UpdatePayout command)
    {
        if (draft.Find(DocumentKind.Payout, command.Id) is not { Public: Payout old } document)
            return NoSuch(draft, command.Id);
        Change(draft, document, old, old with { Metadata = MetadataUpdate.After(command.Metadata, old.Metadata) }, (PayoutRecord)document.Private!, "payout.updated");
        return Decided.Shows(DocumentKind.Payout, document.Number);
    }

    public static Decided Cancel(Draft draft, CancelPayout command)
    {
        if (draft.Find(DocumentKind.Payout, command.Id) is not { Public: Payout old } document)
            return NoSuch(draft, command.Id);
        if (old.Status != "pending")
            return WireError.Invalid(draft.Request, $"Payouts can only be canceled while they are pending; this one is {old.Status}.", null, "payouts_not_allowed");
        var record = (PayoutRecord)document.Private!;
        draft.DueDone(DueKind.PayoutCourse, document.Number, record.CourseAtMs);
        var back = GiveBack(draft, old, EventType.PayoutCanceled, "payout_cancel", "PAYOUT CANCELED");
        Change(draft, document, old, old with { Status = "canceled", FailureBalanceTransaction = back }, new PayoutRecord(0), "payout.canceled");
        return Decided.Shows(DocumentKind.Payout, document.Number);
    }

    /// <summary>The bank is told; later it has taken the money, or sends it back. Once: its due work may come again.</summary>
    public static Decided RunCourse(Draft draft, CheckoutDocument document, long atMs)
    {
        var (payout, record) = ((Payout)document.Public, (PayoutRecord)document.Private!);
        if (record.CourseAtMs != atMs)
            return Decided.Shows(DocumentKind.Payout, document.Number);
        if (payout.Status == "pending")
        {
            var arrivesAtMs = payout.ArrivalDate * 1000;
            draft.Due(DueKind.PayoutCourse, document.Number, arrivesAtMs);
            Change(draft, document, payout, payout with { Status = "in_transit" }, new PayoutRecord(arrivesAtMs), "payout.updated");
        }
        else if (PayoutDestination.Failure(payout.Destination) is { } failure)
        {
            var back = GiveBack(draft, payout, EventType.PayoutFailed, "payout_failure", "PAYOUT FAILURE");
            var failed = payout with { Status = "failed", FailureCode = failure.Code, FailureMessage = failure.Message, FailureBalanceTransaction = back, TraceId = new TraceId("unsupported", null) };
            Change(draft, document, payout, failed, new PayoutRecord(0), "payout.failed");
        }
        else
        {
            var currency = Books.CurrencyOf(payout.Currency);
            draft.Move(EventType.PayoutPaid, TransferKind.Posted, SystemAccount.Transit.Number(currency), SystemAccount.Funding.Number(currency), payout.Amount, currency, payout.Id);
            Change(draft, document, payout, payout with { Status = "paid", TraceId = new TraceId("supported", Trace(document.Number)) }, new PayoutRecord(0), "payout.paid");
        }

        return Decided.Shows(DocumentKind.Payout, document.Number);
    }

    private static string GiveBack(Draft draft, Payout payout, EventType type, string transaction, string description)
    {
        var currency = Books.CurrencyOf(payout.Currency);
        draft.Move(type, TransferKind.Posted, SystemAccount.Transit.Number(currency), draft.BalanceAccount(currency), payout.Amount, currency, payout.Id);
        return Books.Note(draft, transaction, "payout_reversal", payout.Id, payout.Amount, 0, currency, description, availableAtOnce: true);
    }

    private static void Change(Draft draft, CheckoutDocument document, Payout before, Payout after, PayoutRecord record, string type)
    {
        draft.Put(DocumentKind.Payout, document.Number, after, record);
        draft.Emit(type, DocumentKind.Payout, document.Number, type == "payout.updated" ? Previous.Of(before, after, CheckoutJson.Default.Payout) : null);
    }

    // Of the form that an ACH trace number has: the sending bank's eight digits, and seven of its own.
    private static string Trace(long number) => string.Create(CultureInfo.InvariantCulture, $"11000000{(ulong)number % 10_000_000:0000000}");

    private static WireAnswer NoSuch(Draft draft, string id) => WireError.NoSuch(draft.Request, "payout", id, "payout", inPath: true);
}
