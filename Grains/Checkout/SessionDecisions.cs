using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>
/// Checkout sessions: a page with items and a price, at which one customer makes one payment. The payment intent is made at the
/// customer's first try, and whoever pays it completes the session.
/// </summary>
internal static class SessionDecisions
{
    private const string Open = "open";
    private const long LongestMs = 24L * 3600 * 1000;
    private const long ShortestMs = 30L * 60 * 1000;

    /// <summary>How long a session waits beyond its end for an acquirer that has not answered.</summary>
    private const long GraceMs = 60_000;

    public static Decided Create(Draft draft, CreateSession command)
    {
        if (CustomerDecisions.Find(draft, command.Intent.Customer, "customer", out var known) is { } noCustomer)
            return noCustomer;
        var endsAtMs = command.ExpiresAt * 1000 ?? draft.NowMs + LongestMs;
        // Seconds are what the wire has: the ends themselves are allowed.
        if (endsAtMs > draft.NowMs + LongestMs || endsAtMs < draft.NowMs + ShortestMs - 1000)
            return WireError.Invalid(draft.Request, "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.", "expires_at");
        var number = draft.NewNumber();
        var id = draft.IdOf(DocumentKind.CheckoutSession, number);
        var secret = draft.Tools.Secrets.Client(id, number);
        draft.Put(
            DocumentKind.CheckoutSession,
            number,
            new CheckoutSession
            {
                Id = id,
                AmountSubtotal = command.Intent.Amount!.Value,
                AmountTotal = command.Intent.Amount.Value,
                CancelUrl = command.CancelUrl,
                ClientReferenceId = command.ClientReferenceId,
                Created = draft.Now,
                Currency = command.Intent.Currency!,
                Customer = command.Intent.Customer,
                CustomerDetails = known is not null ? new SessionCustomer(known.Email, known.Name) { Phone = known.Phone, Address = known.Address }
                    : command.CustomerEmail is { } email ? new SessionCustomer(email, null) : null,
                CustomerEmail = command.CustomerEmail,
                ExpiresAt = endsAtMs / 1000,
                Locale = command.Locale,
                Metadata = MetadataUpdate.After(command.Metadata, new Dictionary<string, string>()),
                Status = Open,
                SubmitType = command.SubmitType,
                SuccessUrl = command.SuccessUrl,
                Url = $"{draft.Request.BaseUrl}/checkout/{secret}",
            },
            new SessionRecord(command.Items, command.Intent, endsAtMs, secret));
        draft.Due(DueKind.EndSession, number, endsAtMs);
        return Decided.Shows(DocumentKind.CheckoutSession, number);
    }

    public static Decided Update(Draft draft, UpdateSession command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (session, record) = Parts(document!);
        draft.Put(DocumentKind.CheckoutSession, document!.Number, session with { Metadata = MetadataUpdate.After(command.Metadata, session.Metadata) }, record);
        return Decided.Shows(DocumentKind.CheckoutSession, document.Number);
    }

    public static Decided Pay(Draft draft, PaySession command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (session, record) = Parts(document!);
        // Its end counts from its second on, however late it is noted.
        var status = session.Status == Open && draft.Now >= session.ExpiresAt ? "expired" : session.Status;
        if (status != Open)
            return WireError.Invalid(draft.Request, $"This Checkout Session is {status}: it takes no payment any more.", null, "checkout_session_not_open");
        var who = new SessionCustomer(command.Email ?? session.CustomerDetails?.Email, command.Name ?? session.CustomerDetails?.Name) { Phone = session.CustomerDetails?.Phone, Address = session.CustomerDetails?.Address };
        if (!draft.TryNumber(DocumentKind.PaymentIntent, session.PaymentIntent, out var number))
        {
            var made = IntentDecisions.Create(draft, new CreateIntent(record.Intent, null));
            if (made.IsRefused)
                return made;
            number = made.Subject;
            var intent = draft.Find(DocumentKind.PaymentIntent, number)!;
            draft.Put(DocumentKind.PaymentIntent, number, intent.Public, (IntentRecord)intent.Private! with { Session = document!.Number });
        }

        draft.Put(DocumentKind.CheckoutSession, document!.Number, session with { PaymentIntent = draft.IdOf(DocumentKind.PaymentIntent, number), CustomerDetails = who }, record);
        var data = new MethodData(command.Token, new BillingDetails { Email = who.Email, Name = who.Name }, null);
        return IntentDecisions.Confirm(draft, number, new ConfirmFields { PaymentMethodData = data, UseSdk = true, FromBrowser = true, ClientIp = command.ClientIp });
    }

    /// <summary>Its payment was authorized, or captured.</summary>
    public static void Complete(Draft draft, long number, bool isCaptured)
    {
        if (number == 0 || draft.Find(DocumentKind.CheckoutSession, number) is not { } document)
            return;
        var (session, record) = Parts(document);
        if (session.Status == Open)
        {
            draft.DueDone(DueKind.EndSession, number, record.EndsAtMs);
            draft.Put(DocumentKind.CheckoutSession, number, session with { Status = "complete", Url = null, PaymentStatus = isCaptured ? "paid" : "unpaid" }, record with { EndsAtMs = 0 });
            draft.Emit("checkout.session.completed", DocumentKind.CheckoutSession, number);
        }
        else if (isCaptured && session.PaymentStatus != "paid")
        {
            draft.Put(DocumentKind.CheckoutSession, number, session with { PaymentStatus = "paid" }, record);
        }
    }

    public static Decided Expire(Draft draft, ExpireSession command)
    {
        if (Find(draft, command.Id, out var document) is { } missing)
            return missing;
        var (session, record) = Parts(document!);
        if (session.Status != Open)
            return WireError.Invalid(draft.Request, $"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{session.Status}`.");
        if (IsPaying(draft, session))
            return WireError.Locked(draft.Request);
        draft.DueDone(DueKind.EndSession, document!.Number, record.EndsAtMs);
        End(draft, document);
        return Decided.Shows(DocumentKind.CheckoutSession, document.Number);
    }

    /// <summary>Its time is over. Once: due work may come again.</summary>
    public static Decided End(Draft draft, CheckoutDocument document, long atMs)
    {
        var (session, record) = Parts(document);
        if (session.Status != Open || record.EndsAtMs != atMs)
            return Decided.Shows(DocumentKind.CheckoutSession, document.Number);
        if (IsPaying(draft, session))
        {
            var later = draft.NowMs + GraceMs;
            draft.Put(DocumentKind.CheckoutSession, document.Number, session, record with { EndsAtMs = later });
            draft.Due(DueKind.EndSession, document.Number, later);
        }
        else
        {
            End(draft, document);
        }

        return Decided.Shows(DocumentKind.CheckoutSession, document.Number);
    }

    private static void End(Draft draft, CheckoutDocument document)
    {
        var (session, record) = Parts(document);
        draft.Put(DocumentKind.CheckoutSession, document.Number, session with { Status = "expired", Url = null }, record with { EndsAtMs = 0 });
        if (draft.Find(DocumentKind.PaymentIntent, session.PaymentIntent) is { } intent && ((PaymentIntent)intent.Public).Status is not (IntentStatus.Canceled or IntentStatus.Succeeded or IntentStatus.RequiresCapture))
            IntentDecisions.Canceled(draft, intent, "automatic");
        draft.Emit("checkout.session.expired", DocumentKind.CheckoutSession, document.Number);
    }

    // What the acquirer was asked for may have been done.
    private static bool IsPaying(Draft draft, CheckoutSession session) => draft.Find(DocumentKind.PaymentIntent, session.PaymentIntent) is { Private: IntentRecord { Attempt: not null } };

    private static (CheckoutSession Session, SessionRecord Record) Parts(CheckoutDocument document) => ((CheckoutSession)document.Public, (SessionRecord)document.Private!);

    private static WireAnswer? Find(Draft draft, string id, out CheckoutDocument? document)
    {
        document = draft.Find(DocumentKind.CheckoutSession, id);
        return document is null ? WireError.NoSuch(draft.Request, "checkout.session", id, "session", inPath: true) : null;
    }
}
