using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;

namespace Gateway.Checkout;

/// <summary>The parameters of payouts.</summary>
internal static class PayoutForms
{
    public static MerchantCommand Create(CheckoutCall call)
    {
        var form = call.Parameters;
        form.Required("amount");
        form.Required("currency");
        form.Choice("source_type", "card");
        var (amount, currency) = (form.Integer("amount", 1, Money.MaxPaymentMinorUnits) ?? 0, form.Currency("currency") ?? "");
        if (WireCurrency.TryParse(currency, out var known) && WireCurrency.PayoutFault(amount, known) is { } fault)
            form.Refuse(fault, "amount");
        return new CreatePayout(
            amount,
            currency,
            form.Text("description", 1_000),
            form.Text("destination"),
            form.Choice("method", "standard", "instant") ?? "standard",
            form.Text("statement_descriptor", 22),
            form.Metadata());
    }

    public static MerchantCommand Update(CheckoutCall call) => new UpdatePayout(call.Id, call.Parameters.Metadata());

    public static MerchantCommand Cancel(CheckoutCall call) => new CancelPayout(call.Id);
}
