using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>
/// <c>POST /v1/tokens</c>: the one place that takes a card's number, by publishable key only. The number goes to the tokenizer and
/// nowhere else; what comes back says nothing of it but its last four digits.
/// </summary>
internal sealed class TokenEndpoint(ICardEntry cards)
{
    public async Task<(CreateToken? Command, WireAnswer? Refusal)> Read(CheckoutCall call)
    {
        var form = call.Parameters;
        if (!call.IsPublishable)
            return (null, WireError.Invalid(call.Facts, "Card numbers are taken only from a browser, with a publishable key.", "card", "card_number_not_accepted"));
        if (form.In("card") is not { } card)
            return (null, WireError.MissingParameter(call.Facts, "card"));
        var (number, month, year) = (card.Required("number"), card.Required("exp_month"), card.Required("exp_year"));
        var (cvc, name, zip) = (card.Text("cvc", 4), card.Text("name", 256), card.Text("address_zip", 16));
        if (form.End() is { } refusal)
            return (null, refusal);
        if (!int.TryParse(month, out var expMonth) || !int.TryParse(year, out var expYear))
            return (null, WireError.Invalid(call.Facts, "Invalid integer", "card[exp_month]", "parameter_invalid_integer"));
        var answer = await cards.Enter(new CardEntry(number, expMonth, expYear < 100 ? expYear + 2000 : expYear, cvc, zip));
        if (answer.Refusal is { } refused)
            return (null, WireError.Card(call.Facts, new PaymentError { Type = "card_error", Code = refused.Code, Message = refused.Message, Param = refused.Param }));
        return (new CreateToken(answer.Facts!, call.Context.Connection.RemoteIpAddress?.ToString(), name), null);
    }
}
