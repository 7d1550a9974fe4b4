using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>The parameters of checkout sessions.</summary>
internal static class SessionForms
{
    private const int MaxItems = 100;
    private const int MaxImages = 8;

    public static MerchantCommand Create(CheckoutCall call)
    {
        var form = call.Parameters;
        form.Required("mode");
        form.Choice("mode", "payment");
        form.Choice("ui_mode", "hosted", "hosted_page");
        var success = Address(form, "success_url");
        if (success is null)
            form.Refuse("Missing required param: success_url.", "success_url", "parameter_missing");
        var (items, currency) = Items(form);
        var (customer, email) = (form.Text("customer"), form.Text("customer_email", 800));
        if (customer is not null && email is not null)
            form.Refuse("You may only specify one of these parameters: customer, customer_email.", "customer");
        var intent = Intent(form) with { Amount = Total(form, items), Currency = currency, Customer = customer };
        IntentForms.Smallest(form, intent);
        return new CreateSession(
            items, intent, success, Address(form, "cancel_url"), form.Text("client_reference_id", 200), email, form.Text("locale", 10),
            form.Choice("submit_type", "auto", "book", "donate", "pay"), form.Integer("expires_at", 0, 100_000_000_000), form.Metadata());
    }

    public static MerchantCommand Update(CheckoutCall call) => new UpdateSession(call.Id, call.Parameters.Metadata());

    public static MerchantCommand Expire(CheckoutCall call) => new ExpireSession(call.Id);

    // The options of the payment, as payment_intents has them.
    private static IntentFields Intent(Parameters form)
    {
        var options = IntentForms.Options(form);
        var data = form.In("payment_intent_data");
        return new IntentFields
        {
            CaptureMethod = data?.Choice("capture_method", IntentForms.CaptureMethods),
            Description = data?.Update("description", 1_000),
            ReceiptEmail = data?.Update("receipt_email", 800),
            SetupFutureUsage = data?.Choice("setup_future_usage", IntentForms.FutureUsages),
            Shipping = data?.Shipping(),
            StatementDescriptor = data is null ? null : IntentForms.Descriptor(data, "statement_descriptor"),
            StatementDescriptorSuffix = data is null ? null : IntentForms.Descriptor(data, "statement_descriptor_suffix"),
            CardOptions = options,
            Metadata = data?.Metadata(),
        };
    }

    private static (List<SessionItem> Items, string? Currency) Items(Parameters form)
    {
        var items = new List<SessionItem>();
        string? currency = null;
        foreach (var line in form.Each("line_items"))
        {
            if (line.In("price_data") is not { } price)
            {
                line.Refuse("Missing required param: price_data. Prices are given with the session: there is no catalogue of them here.", "price_data", "parameter_missing");
                continue;
            }

            price.Required("currency");
            price.Required("unit_amount");
            var of = price.Currency("currency");
            if (currency is not null && of is not null && of != currency)
                price.Refuse("All line items of a Checkout Session have one currency.", "currency");
            currency ??= of;
            var product = price.In("product_data");
            if (product is null)
                price.Refuse("Missing required param: product_data.", "product_data", "parameter_missing");
            var images = product?.List("images") ?? [];
            if (images.Count > MaxImages)
                product!.Refuse($"A product has at most {MaxImages} images.", "images");
            items.Add(new SessionItem(product?.Required("name") ?? "", product?.Text("description"), images, price.Amount("unit_amount") ?? 0, line.Integer("quantity", 1, 1_000_000) ?? 1));
        }

        if (items.Count is 0 or > MaxItems)
            form.Refuse($"A Checkout Session has 1 to {MaxItems} line items.", "line_items", "parameter_missing");
        return (items, currency);
    }

    private static long Total(Parameters form, List<SessionItem> items)
    {
        // At most a hundred times a hundred million times a million: far from the end of a long.
        var total = items.Sum(static item => item.UnitAmount * item.Quantity);
        if (total > Parameters.MaxAmount)
            form.Refuse($"Amount must be no more than {Parameters.MaxAmount}.", "line_items", "amount_too_large");
        return total;
    }

    private static string? Address(Parameters form, string name)
    {
        var text = form.Text(name, 2_000);
        if (text is not null && (!Uri.TryCreate(text, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https")))
            form.Refuse("Not a valid URL", name, "url_invalid");
        return text;
    }
}
