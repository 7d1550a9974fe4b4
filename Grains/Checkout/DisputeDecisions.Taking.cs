using Grains.Acquirers;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>
/// Disputes that an acquirer opened: each is taken over once, and is what the acquirer says of it. What it says may be old when it is
/// taken over, so that a dispute goes forward only: an inquiry takes nothing, a dispute takes its money once, and what was won gives it back
/// once. What goes another way is booked by nobody but a person.
/// </summary>
internal static partial class DisputeDecisions
{
    /// <summary>How long after it was opened a dispute that ended is still asked for: banks decide anew, or an inquiry becomes a dispute after all.</summary>
    private const long MayChangeForMs = 180L * 24 * 3600 * 1000;

    /// <summary>How far a dispute has come.</summary>
    private enum Stage : byte
    {
        Inquiry = 1,
        InquiryClosed = 2,
        Open = 3,
        Ended = 4,
    }

    /// <summary>
    /// Takes over a dispute as it is at the acquirer. What is none of ours, or was opened before its disputes are taken over, is passed over;
    /// where the payment is still under way, it is for later (409).
    /// </summary>
    /// <param name="theirs">Null where the acquirer has none of this name.</param>
    /// <param name="since">From when on disputes are taken over, in seconds since 1970.</param>
    /// <param name="work">Whose time has come; null where somebody told of it.</param>
    /// <param name="fault">What a person has to look at; null where all is well.</param>
    public static Decided Take(Draft draft, long intentNumber, string reference, AcquirerDispute? theirs, long? since, DueCall? work, out string? fault)
    {
        fault = null;
        if (draft.Find(DocumentKind.PaymentIntent, intentNumber) is not { Public: PaymentIntent intent } intentDocument)
            return Decided.Unasked;
        if (intent.LatestCharge is null || draft.Get(DocumentKind.Charge, intent.LatestCharge) is not { Private: ChargeRecord record } charge)
            return Attempts.Of(intentDocument) is null ? Decided.Unasked : new WireAnswer(409, []);
        if (record.Disputes?.FirstOrDefault(taken => taken.Reference == reference) is { Number: var number })
        {
            AskLater(draft, draft.Find(DocumentKind.Dispute, number)!, theirs, work);
            Follow(draft, number, theirs, null, out fault);
            return Decided.Shows(DocumentKind.Dispute, number);
        }

        if (theirs is null || !(theirs.Created >= since))
            return Decided.Unasked;
        if (Attempts.Of(intentDocument) is not null)
            return new WireAnswer(409, []);
        // Another ledger on the same account counts its payments, too.
        if (record.Authorization != theirs.Authorization)
            return Decided.Unasked;
        if (charge.Public is not Charge { Captured: true } taken || taken.Currency != theirs.Currency)
            fault = $"it is over {theirs.Amount} {theirs.Currency}, which {intent.LatestCharge} did not take";
        else if (StageOf(theirs.Status) is not { } stage)
            fault = NotKnown(theirs);
        else
        {
            Open(draft, charge, record, theirs, Taken(stage, Stage.Inquiry, theirs), out number);
            Follow(draft, number, theirs, null, out fault);
            return Decided.Shows(DocumentKind.Dispute, number);
        }

        return Decided.Unasked;
    }

    private static void Open(Draft draft, CheckoutDocument charge, ChargeRecord record, AcquirerDispute theirs, Stage stage, out long number)
    {
        number = draft.NewNumber();
        draft.Put(DocumentKind.Charge, charge.Number, charge.Public, record with { Disputes = [.. record.Disputes ?? [], new TakenDispute(theirs.Reference, number)] });
        // What is over already was open once: its money went the same way.
        var status = stage switch
        {
            Stage.InquiryClosed => "warning_needs_response",
            Stage.Ended => "needs_response",
            Stage.Inquiry or Stage.Open => theirs.Status,
        };
        var askAtMs = FollowUp.NextMs(draft.Now, draft.NowMs);
        Open(draft, charge.Number, theirs.Amount, theirs.Reason, status, Details(theirs), new DisputeRecord(0, charge.Number, theirs.Reference, askAtMs), number);
        draft.Due(DueKind.FollowDispute, number, askAtMs);
    }

    /// <param name="said">What the acquirer has of the merchant's word now, besides what it had.</param>
    private static void Follow(Draft draft, long number, AcquirerDispute? theirs, Said? said, out string? fault)
    {
        fault = null;
        var ours = (Dispute)draft.Find(DocumentKind.Dispute, number)!.Public;
        if (theirs is null || StageOf(theirs.Status) is not { } stage)
        {
            fault = theirs is null ? "the acquirer does not know it any more" : NotKnown(theirs);
            return;
        }

        var before = StageOf(ours.Status)!.Value;
        stage = Taken(stage, before, theirs);
        if (stage < before || (stage == Stage.Ended && ours.Status == "won" && theirs.Status != "won"))
        {
            // Heard before what was heard since; or something that nobody foresaw.
            if (before == Stage.Ended)
                fault = $"it was {ours.Status}, and is said to be {theirs.Status}";
            if (said is not null)
                Change(draft, number, said.On(ours));
            return;
        }

        if (before < Stage.Open && stage >= Stage.Open)
            Escalate(draft, draft.Find(DocumentKind.Dispute, number)!, theirs.Amount, theirs.DueBy);
        var isOver = stage is Stage.Ended or Stage.InquiryClosed;
        ours = (Dispute)draft.Find(DocumentKind.Dispute, number)!.Public;
        var updated = said is null ? ours : said.On(ours);
        // What is over has its end's own event.
        if (!isOver && theirs.SubmissionCount >= ours.EvidenceDetails.SubmissionCount)
            updated = updated with { EvidenceDetails = Details(theirs), Status = theirs.Status };
        else if (said is not null)
            updated = updated with { EvidenceDetails = Details(theirs) with { DueBy = isOver ? null : theirs.DueBy } };
        Change(draft, number, updated);
        if (isOver && (StageOf(ours.Status) != stage || (stage == Stage.Ended && ours.Status != theirs.Status)))
            End(draft, draft.Find(DocumentKind.Dispute, number)!, theirs, out fault);
    }

    private static void End(Draft draft, CheckoutDocument document, AcquirerDispute theirs, out string? fault)
    {
        Close(draft, document, won: theirs.Status == "won");
        fault = theirs is { Status: "lost", WasWithdrawn: false } && ((DisputeRecord)document.Private!).Withdrawn > 0 ? "it is lost there, and took no money; here it did" : null;
    }

    /// <summary>What ended without ever taking money was an inquiry to the end.</summary>
    private static Stage Taken(Stage stage, Stage before, AcquirerDispute theirs) => stage == Stage.Ended && before < Stage.Open && !theirs.WasWithdrawn ? Stage.InquiryClosed : stage;

    private static void Change(Draft draft, long number, Dispute updated)
    {
        var document = draft.Find(DocumentKind.Dispute, number)!;
        var ours = (Dispute)document.Public;
        if (updated == ours)
            return;
        draft.Put(DocumentKind.Dispute, number, updated, document.Private);
        draft.Emit("charge.dispute.updated", DocumentKind.Dispute, number, Previous.Of(ours, updated, CheckoutJson.Default.Dispute));
    }

    // Where a notice came between, what is due stays due.
    private static void AskLater(Draft draft, CheckoutDocument document, AcquirerDispute? theirs, DueCall? work)
    {
        if (work is null)
            return;
        draft.DueDone(DueKind.FollowDispute, document.Number, work.AtMs);
        var (dispute, record) = ((Dispute)document.Public, (DisputeRecord)document.Private!);
        if (record.AskAtMs != work.AtMs)
            return;
        var isOver = theirs is not null && StageOf(theirs.Status) is Stage.Ended or Stage.InquiryClosed && draft.NowMs - (dispute.Created * 1_000) > MayChangeForMs;
        var askAtMs = isOver ? 0 : FollowUp.NextMs(dispute.Created, draft.NowMs);
        if (askAtMs != 0)
            draft.Due(DueKind.FollowDispute, document.Number, askAtMs);
        draft.Put(DocumentKind.Dispute, document.Number, dispute, record with { AskAtMs = askAtMs });
    }

    private static bool IsTaken(CheckoutDocument document) => ((DisputeRecord)document.Private!).Reference is not null;

    /// <summary>Null for what nobody said here what it does with the money: <c>prevented</c>, appeals, what Stripe adds.</summary>
    private static Stage? StageOf(string status) => status switch
    {
        "warning_needs_response" or "warning_under_review" => Stage.Inquiry,
        "warning_closed" => Stage.InquiryClosed,
        "needs_response" or "under_review" => Stage.Open,
        "won" or "lost" => Stage.Ended,
        _ => null,
    };

    private static string NotKnown(AcquirerDispute theirs) => $"it is '{theirs.Status}': what became of its money is not known here";

    private static EvidenceDetails Details(AcquirerDispute theirs) =>
        new() { DueBy = theirs.DueBy, HasEvidence = theirs.HasEvidence, PastDue = theirs.PastDue, SubmissionCount = theirs.SubmissionCount };
}
