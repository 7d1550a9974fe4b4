using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>The parameters of payment methods and customers.</summary>
internal static class MethodForms
{
    public static MerchantCommand Create(CheckoutCall call)
    {
        var form = call.Parameters;
        form.Required("type");
        form.Choice("type", "card");
        return new CreatePaymentMethod(new MethodData(Token(form), form.Billing() ?? new BillingDetails(), Redisplay(form)), form.Metadata());
    }

    public static MerchantCommand Update(CheckoutCall call)
    {
        var form = call.Parameters;
        var card = form.In("card");
        return new UpdatePaymentMethod(call.Id, form.Billing(), (int?)card?.Integer("exp_month", 1, 12), (int?)card?.Integer("exp_year", 2000, 2100), Redisplay(form), form.Metadata());
    }

    public static MerchantCommand Attach(CheckoutCall call) => new AttachPaymentMethod(call.Id, call.Parameters.Required("customer"));

    public static MerchantCommand Detach(CheckoutCall call) => new DetachPaymentMethod(call.Id);

    /// <summary>A card by its token, within another request.</summary>
    public static MethodData? Data(Parameters form)
    {
        if (form.In("payment_method_data") is not { } data)
            return null;
        data.Required("type");
        data.Choice("type", "card");
        return new MethodData(Token(data), data.Billing() ?? new BillingDetails(), Redisplay(data));
    }

    public static MerchantCommand CreateCustomer(CheckoutCall call) => Customer(call, null);

    public static MerchantCommand UpdateCustomer(CheckoutCall call) => Customer(call, call.Id);

    public static MerchantCommand DeleteCustomer(CheckoutCall call) => new DeleteCustomer(call.Id);

    private static SaveCustomer Customer(CheckoutCall call, string? id)
    {
        var form = call.Parameters;
        return new SaveCustomer(
            id,
            form.Update("name", 256),
            form.Update("email", 512),
            form.Update("phone", 20),
            form.Update("description"),
            form.Address("address"),
            form.Shipping(),
            id is null ? form.Text("payment_method") : null,
            form.In("invoice_settings")?.Text("default_payment_method"),
            form.Metadata());
    }

    private static string Token(Parameters form)
    {
        if (form.In("card") is { } card)
            return card.Required("token");
        form.Refuse("Missing required param: card.", "card", "parameter_missing");
        return "";
    }

    private static string? Redisplay(Parameters form) => form.Choice("allow_redisplay", "always", "limited", "unspecified");
}
