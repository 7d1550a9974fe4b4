using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Stripe;
using StripeMethod = Stripe.PaymentMethod;

namespace Silo.Cluster.Stripe;

/// <summary>A card at Stripe: a payment method of a customer that has no other. So it can be charged again, and its payments can be listed.</summary>
internal readonly record struct StripeCard(string Customer, string Method)
{
    private const char Separator = '/';

    public override string ToString() => $"{Customer}{Separator}{Method}";

    public static StripeCard Parse(string reference)
    {
        var end = reference.IndexOf(Separator, StringComparison.Ordinal);
        return end > 0 ? new StripeCard(reference[..end], reference[(end + 1)..]) : throw new InvalidOperationException("A card was given to Stripe that is none of its own.");
    }
}

/// <summary>Takes cards to Stripe: the number goes into a token, made with the publishable key, and nowhere else.</summary>
internal sealed class StripeCards(StripeClient client, string publishableKey)
{
    private readonly TokenService tokens = new(client);
    private readonly PaymentMethodService methods = new(client);
    private readonly CustomerService customers = new(client);

    public async Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken)
    {
        StripeMethod method;
        try
        {
            var token = await StripeAnswers.Heard(() => tokens.CreateAsync(Card(entry), new RequestOptions { ApiKey = publishableKey }, cancellationToken), cancellationToken, StripeSettings.PublishableKeySetting);
            method = await StripeAnswers.Heard(() => methods.CreateAsync(new PaymentMethodCreateOptions { Type = "card", Card = new PaymentMethodCardOptions { Token = token.Id } }, cancellationToken: cancellationToken), cancellationToken);
        }
        catch (StripeException refusal) when (IsOfCard(refusal.StripeError))
        {
            return new AcquirerCard("", "", "", "", new CardChecks(), new CardRefusal(refusal.StripeError.Code ?? "card_declined", refusal.StripeError.Message, Param(refusal.StripeError.Param)));
        }
        catch (StripeException fault)
        {
            // Such as an account that may not send card numbers: no other card mends it.
            throw new InvalidOperationException("Stripe takes no card from this account as it is asked to.", fault);
        }

        // Only now: whoever tries out numbers fills no account with customers.
        var customer = await StripeAnswers.Heard(() => customers.CreateAsync(new CustomerCreateOptions(), cancellationToken: cancellationToken), cancellationToken);
        var card = new StripeCard(customer.Id, method.Id);
        try
        {
            return Facts(card, await StripeAnswers.Heard(() => methods.AttachAsync(card.Method, new PaymentMethodAttachOptions { Customer = card.Customer }, cancellationToken: cancellationToken), cancellationToken));
        }
        catch (StripeException refusal) when (refusal.StripeError.Type == "card_error")
        {
            // It may still be charged once, as the card of somebody who does not keep it.
            return Facts(card, method) with { NotKept = new CardDecline(refusal.StripeError.Code ?? "card_declined", refusal.StripeError.DeclineCode) };
        }
    }

    private static TokenCreateOptions Card(CardEntry entry) => new()
    {
        Card = new TokenCardOptions
        {
            Number = entry.Number,
            ExpMonth = $"{entry.ExpMonth}",
            ExpYear = $"{entry.ExpYear}",
            Cvc = entry.Cvc,
            AddressZip = entry.PostalCode,
            AddressLine1 = entry.AddressLine1,
        },
    };

    private static AcquirerCard Facts(StripeCard card, StripeMethod method) => new(
        $"{card}", method.Card.Brand, method.Card.Funding, method.Card.Country ?? "", new CardChecks
        {
            AddressLine1Check = method.Card.Checks?.AddressLine1Check,
            AddressPostalCodeCheck = method.Card.Checks?.AddressPostalCodeCheck,
            CvcCheck = method.Card.Checks?.CvcCheck,
        });

    private static bool IsOfCard(StripeError error) =>
        error.Type == "card_error" || (error.Param is { } param && Param(param) is "number" or "exp_month" or "exp_year" or "cvc" or "address_zip" or "address_line1");

    // card[number] or number.
    private static string Param(string? param) => param is null ? "number" : param[(param.IndexOf('[', StringComparison.Ordinal) + 1)..].TrimEnd(']');
}
