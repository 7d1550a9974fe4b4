using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Tokens and payment methods: cards without their numbers.</summary>
internal static class MethodDecisions
{
    public static Decided CreateToken(Draft draft, CreateToken command)
    {
        var number = draft.NewNumber();
        var card = command.Facts.Card;
        draft.Put(DocumentKind.Token, number, new CardToken
        {
            Id = draft.IdOf(DocumentKind.Token, number),
            Card = new TokenCard
            {
                Id = Grains.Interfaces.Values.ResourceId.Format("card", 0, number),
                AddressZipCheck = card.Checks.AddressPostalCodeCheck,
                Brand = card.Brand,
                Country = card.Country,
                CvcCheck = card.Checks.CvcCheck,
                ExpMonth = card.ExpMonth,
                ExpYear = card.ExpYear,
                Fingerprint = card.Fingerprint,
                Funding = card.Funding,
                Last4 = card.Last4,
                Name = command.Name,
            },
            ClientIp = command.ClientIp,
            Created = draft.Now,
        }, new TokenRecord(command.Facts));
        return Decided.Shows(DocumentKind.Token, number);
    }

    public static Decided Create(Draft draft, CreatePaymentMethod command)
    {
        if (FromData(draft, command.Data, command.Metadata, "card[token]", out var method) is { } refusal)
            return refusal;
        return Decided.Shows(DocumentKind.PaymentMethod, method!.Number);
    }

    public static Decided Update(Draft draft, UpdatePaymentMethod command)
    {
        if (draft.Find(DocumentKind.PaymentMethod, command.Id) is not { Public: PaymentMethod old } document)
            return WireError.NoSuch(draft.Request, "PaymentMethod", command.Id, "payment_method", inPath: true);
        if (old.Customer is null)
            return WireError.Invalid(draft.Request, "You must save this PaymentMethod to a customer before you can update it.", "payment_method");
        var updated = old with
        {
            BillingDetails = command.Billing ?? old.BillingDetails,
            AllowRedisplay = command.AllowRedisplay ?? old.AllowRedisplay,
            Card = old.Card with { ExpMonth = command.ExpMonth ?? old.Card.ExpMonth, ExpYear = command.ExpYear ?? old.Card.ExpYear },
            Metadata = MetadataUpdate.After(command.Metadata, old.Metadata),
        };
        draft.Put(DocumentKind.PaymentMethod, document.Number, updated, document.Private);
        draft.Emit("payment_method.updated", DocumentKind.PaymentMethod, document.Number, Previous.Of(old, updated, CheckoutJson.Default.PaymentMethod));
        return Decided.Shows(DocumentKind.PaymentMethod, document.Number);
    }

    public static Decided Attach(Draft draft, AttachPaymentMethod command)
    {
        if (CustomerDecisions.Find(draft, command.Customer, "customer", out _) is { } missing)
            return missing;
        if (Resolve(draft, command.Id, null, "payment_method", out var method) is { } refusal)
            return refusal;
        return Attach(draft, method!, command.Customer) ?? Decided.Shows(DocumentKind.PaymentMethod, method!.Number);
    }

    /// <summary>Attaches the method that a parameter names.</summary>
    public static WireAnswer? Attach(Draft draft, string id, string customer, string param) =>
        Resolve(draft, id, null, param, out var method) ?? Attach(draft, method!, customer)?.Answer;

    public static Decided Detach(Draft draft, DetachPaymentMethod command)
    {
        if (draft.Find(DocumentKind.PaymentMethod, command.Id) is not { Public: PaymentMethod old } document)
            return WireError.NoSuch(draft.Request, "PaymentMethod", command.Id, "payment_method", inPath: true);
        if (old.Customer is null)
            return WireError.Invalid(draft.Request, "The payment method you provided is not attached to a customer so detachment is impossible.", "payment_method");
        var record = (PaymentMethodRecord)document.Private!;
        var detached = old with { Customer = null };
        draft.Put(DocumentKind.PaymentMethod, document.Number, detached, record with { Spent = true });
        draft.Emit("payment_method.detached", DocumentKind.PaymentMethod, document.Number, Previous.Of(old, detached, CheckoutJson.Default.PaymentMethod));
        return Decided.Shows(DocumentKind.PaymentMethod, document.Number);
    }

    /// <summary>Notes that the cardholder authenticated the card, or used it, and saves it for a customer where that was asked for.</summary>
    public static void AfterUse(Draft draft, string id, string? customer, bool save, bool authenticated)
    {
        var document = draft.Get(DocumentKind.PaymentMethod, id);
        var (method, record) = ((PaymentMethod)document.Public, (PaymentMethodRecord)document.Private!);
        var attaches = save && customer is not null && method.Customer is null;
        var after = record with { Authenticated = record.Authenticated || authenticated, Spent = record.Spent || (method.Customer is null && !attaches) };
        if (!attaches && after == record)
            return;
        draft.Put(DocumentKind.PaymentMethod, document.Number, attaches ? method with { Customer = customer } : method, after);
        if (attaches)
            draft.Emit("payment_method.attached", DocumentKind.PaymentMethod, document.Number);
    }

    /// <summary>The method that a request names: by id, by the name of a test card, or by a token.</summary>
    public static WireAnswer? Resolve(Draft draft, string? id, MethodData? data, string param, out CheckoutDocument? method)
    {
        if (data is not null)
            return FromData(draft, data, null, "payment_method_data[card][token]", out method);
        method = null;
        if (id is null)
            return null;
        if (id.StartsWith("pm_card_", StringComparison.Ordinal) && draft.Tools.Cards.TestCard(id) is { } facts)
        {
            method = Make(draft, facts, new BillingDetails(), null, null);
            return null;
        }

        method = draft.Find(DocumentKind.PaymentMethod, id);
        return method is null ? WireError.NoSuch(draft.Request, "PaymentMethod", id, param, inPath: false) : null;
    }

    /// <summary>Why a method cannot be used for a customer's payment (or, with none, for anybody's); null where it can.</summary>
    public static WireAnswer? RefuseUse(Draft draft, CheckoutDocument document, string? customer)
    {
        var (method, record) = ((PaymentMethod)document.Public, (PaymentMethodRecord)document.Private!);
        if (method.Customer is not null && method.Customer != customer)
            return WireError.Invalid(draft.Request, customer is null
                ? $"The provided PaymentMethod belongs to the Customer {method.Customer}. Please include the Customer in the `customer` parameter."
                : "The provided PaymentMethod does not belong to the provided Customer.", "payment_method");
        return method.Customer is null && record.Spent
            ? WireError.Invalid(draft.Request, "The provided PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.", "payment_method")
            : null;
    }

    private static WireAnswer? FromData(Draft draft, MethodData data, MetadataUpdate? metadata, string param, out CheckoutDocument? method)
    {
        method = null;
        var facts = data.Token.StartsWith("tok_", StringComparison.Ordinal) ? draft.Tools.Cards.TestCard(data.Token) : null;
        if (facts is null)
        {
            if (draft.Find(DocumentKind.Token, data.Token) is not { Public: CardToken token, Private: TokenRecord record } document)
                return WireError.NoSuch(draft.Request, "token", data.Token, param, inPath: false);
            if (token.Used)
                return WireError.Invalid(draft.Request, "You cannot use a token more than once: " + token.Id + ".", param, "token_already_used");
            draft.Put(DocumentKind.Token, document.Number, token with { Used = true }, record);
            facts = record.Facts;
        }

        method = Make(draft, facts, data.Billing, data.AllowRedisplay, metadata);
        return null;
    }

    private static CheckoutDocument Make(Draft draft, CardFacts facts, BillingDetails billing, string? allowRedisplay, MetadataUpdate? metadata)
    {
        var number = draft.NewNumber();
        draft.Put(
            DocumentKind.PaymentMethod,
            number,
            new PaymentMethod
            {
                Id = draft.IdOf(DocumentKind.PaymentMethod, number),
                AllowRedisplay = allowRedisplay ?? "unspecified",
                BillingDetails = billing,
                Card = facts.Card,
                Created = draft.Now,
                Metadata = MetadataUpdate.After(metadata, new Dictionary<string, string>()),
            },
            new PaymentMethodRecord(facts.Acquirer, facts.Reference, Authenticated: false, Spent: false, facts.NotKept));
        return draft.Find(DocumentKind.PaymentMethod, number)!;
    }

    private static Decided? Attach(Draft draft, CheckoutDocument document, string customer)
    {
        var (method, record) = ((PaymentMethod)document.Public, (PaymentMethodRecord)document.Private!);
        if (method.Customer == customer)
            return null;
        if (method.Customer is not null)
            return WireError.Invalid(draft.Request, "The payment method you provided has already been attached to a customer.", "payment_method");
        if (record.Spent)
            return WireError.Invalid(draft.Request, "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.", "payment_method");
        if (record.NotKept is { } no)
            return WireError.Card(draft.Request, new PaymentError { Type = "card_error", Code = no.Code, DeclineCode = no.DeclineCode, Message = Declines.Message(no.Code, no.DeclineCode) });
        draft.Put(DocumentKind.PaymentMethod, document.Number, method with { Customer = customer }, record);
        draft.Emit("payment_method.attached", DocumentKind.PaymentMethod, document.Number);
        return null;
    }
}
