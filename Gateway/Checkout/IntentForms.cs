using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>The parameters of payment intents and setup intents.</summary>
internal static class IntentForms
{
    public static readonly string[] CaptureMethods = ["automatic", "automatic_async", "manual"];

    /// <summary>How a payment is made is the merchant's to say: Stripe's client libraries send none of the first three, and of the options of a card only some that are not taken here.</summary>
    private static readonly string[] SecretOnly = ["off_session", "capture_method", "error_on_requires_action", "payment_method_options"];

    public static readonly string[] FutureUsages = ["off_session", "on_session"];

    public static MerchantCommand Create(CheckoutCall call)
    {
        var form = call.Parameters;
        form.Required("amount");
        form.Required("currency");
        var confirm = form.Flag("confirm") == true;
        // These two are said once.
        var fields = Fields(form) with { ConfirmationMethod = form.Choice("confirmation_method", "automatic", "manual"), AutomaticPaymentMethods = Automatic(form) };
        Smallest(form, fields);
        if (confirm)
            return new CreateIntent(fields, Confirm(form, fields));
        foreach (var only in (string[])["off_session", "return_url", "error_on_requires_action", "use_stripe_sdk"])
            if (form.Has(only) && only != "use_stripe_sdk")
                form.Refuse($"You may only specify one of these parameters: {only} when `confirm` is true.", only);
        form.Flag("use_stripe_sdk");
        return new CreateIntent(fields, null);
    }

    public static MerchantCommand Update(CheckoutCall call)
    {
        var fields = Fields(call.Parameters);
        Smallest(call.Parameters, fields);
        return new UpdateIntent(call.Id, fields);
    }

    public static MerchantCommand ConfirmIntent(CheckoutCall call)
    {
        call.Parameters.Text("client_secret");
        if (call.IsPublishable && Array.Find(SecretOnly, call.Parameters.Has) is { } only)
            call.Parameters.Refuse($"The parameter {only} can only be used with a secret API key.", only, "secret_key_required");
        return new ConfirmIntent(call.Id, Confirm(call.Parameters, null) with { FromBrowser = call.IsPublishable, ClientIp = BrowserAddress(call) });
    }

    public static MerchantCommand Capture(CheckoutCall call)
    {
        var form = call.Parameters;
        var final = form.Flag("final_capture");
        // Nothing more, said so, releases what is left.
        return new CaptureIntent(call.Id, form.Amount("amount_to_capture", smallest: final == true ? 0 : 1), final ?? true, Descriptor(form, "statement_descriptor"), Descriptor(form, "statement_descriptor_suffix"), form.Metadata());
    }

    public static MerchantCommand Cancel(CheckoutCall call) =>
        new CancelIntent(call.Id, call.Parameters.Choice("cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned"));

    public static MerchantCommand Increment(CheckoutCall call)
    {
        var form = call.Parameters;
        form.Required("amount");
        return new IncrementAuthorization(call.Id, form.Amount("amount") ?? 0, form.Update("description"), Descriptor(form, "statement_descriptor"), form.Metadata());
    }

    public static MerchantCommand CreateSetup(CheckoutCall call)
    {
        var form = call.Parameters;
        var confirm = form.Flag("confirm") == true;
        var fields = SetupFields(form) with { AutomaticPaymentMethods = Automatic(form), Usage = form.Choice("usage", FutureUsages) };
        return new CreateSetup(fields, confirm ? new ConfirmFields { ReturnUrl = form.Text("return_url"), UseSdk = form.Flag("use_stripe_sdk") == true } : null);
    }

    public static MerchantCommand UpdateSetup(CheckoutCall call) => new UpdateSetup(call.Id, SetupFields(call.Parameters));

    public static MerchantCommand ConfirmSetup(CheckoutCall call)
    {
        var form = call.Parameters;
        form.Text("client_secret");
        return new ConfirmSetup(call.Id, new ConfirmFields
        {
            PaymentMethod = form.Text("payment_method"),
            PaymentMethodData = MethodForms.Data(form),
            ReturnUrl = form.Text("return_url"),
            UseSdk = form.Flag("use_stripe_sdk") == true,
            FromBrowser = call.IsPublishable,
            ClientIp = BrowserAddress(call),
        });
    }

    private static string? BrowserAddress(CheckoutCall call) => call.IsPublishable ? call.Context.Connection.RemoteIpAddress?.ToString() : null;

    public static MerchantCommand CancelSetup(CheckoutCall call) =>
        new CancelSetup(call.Id, call.Parameters.Choice("cancellation_reason", "abandoned", "requested_by_customer", "duplicate"));

    private static IntentFields Fields(Parameters form) => new()
    {
        Amount = form.Amount("amount"),
        Currency = form.Currency("currency"),
        CaptureMethod = form.Choice("capture_method", CaptureMethods),
        Customer = form.Text("customer"),
        Description = form.Update("description", 1_000),
        PaymentMethod = form.Text("payment_method"),
        PaymentMethodData = MethodForms.Data(form),
        ReceiptEmail = form.Update("receipt_email", 800),
        SetupFutureUsage = form.Choice("setup_future_usage", FutureUsages),
        Shipping = form.Shipping(),
        StatementDescriptor = Descriptor(form, "statement_descriptor"),
        StatementDescriptorSuffix = Descriptor(form, "statement_descriptor_suffix"),
        CardOptions = Options(form),
        Metadata = form.Metadata(),
    };

    private static SetupFields SetupFields(Parameters form)
    {
        CardOnly(form);
        return new SetupFields
        {
            Customer = form.Text("customer"),
            Description = form.Update("description", 1_000),
            PaymentMethod = form.Text("payment_method"),
            PaymentMethodData = MethodForms.Data(form),
            Metadata = form.Metadata(),
        };
    }

    // At creation the fields say most of it already.
    private static ConfirmFields Confirm(Parameters form, IntentFields? created)
    {
        var confirm = new ConfirmFields
        {
            ReturnUrl = form.Text("return_url"),
            OffSession = OffSession(form),
            ErrorOnRequiresAction = form.Flag("error_on_requires_action") == true,
            UseSdk = form.Flag("use_stripe_sdk") == true,
        };
        return created is not null ? confirm : confirm with
        {
            PaymentMethod = form.Text("payment_method"),
            PaymentMethodData = MethodForms.Data(form),
            SetupFutureUsage = form.Choice("setup_future_usage", FutureUsages),
            CaptureMethod = form.Choice("capture_method", CaptureMethods),
            ReceiptEmail = form.Update("receipt_email", 800),
            Shipping = form.Shipping(),
            CardOptions = Options(form),
        };
    }

    private static bool OffSession(Parameters form) =>
        form.Choice("off_session", "true", "false", "one_off", "recurring") is "true" or "one_off" or "recurring";

    public static CardOptionsUpdate? Options(Parameters form)
    {
        CardOnly(form);
        if (form.In("payment_method_options")?.In("card") is not { } card)
            return null;
        return new CardOptionsUpdate(
            card.Choice("request_three_d_secure", "automatic", "any", "challenge"),
            card.Choice("request_multicapture", "if_available", "never"),
            card.Choice("request_incremental_authorization", "if_available", "never"));
    }

    private static void CardOnly(Parameters form)
    {
        // The second is what API versions from 2026 on call it.
        foreach (var name in (string[])["payment_method_types", "allowed_payment_method_types"])
            if (form.List(name) is { } types && (types.Count != 1 || types[0] != "card"))
                form.Refuse("The payment method type provided is invalid: only card is taken here.", name);
    }

    private static AutomaticPaymentMethods? Automatic(Parameters form)
    {
        if (form.In("automatic_payment_methods") is not { } automatic)
            return null;
        automatic.Required("enabled");
        var enabled = automatic.Flag("enabled") == true;
        return new AutomaticPaymentMethods(automatic.Choice("allow_redirects", "always", "never") ?? "always", enabled);
    }

    public static Text? Descriptor(Parameters form, string name) => form.Update(name, 22);

    public static void Smallest(Parameters form, IntentFields fields)
    {
        // A change of one of them is held against the other by who has it.
        if (fields.Amount is not { } amount || fields.Currency is not { } currency || !WireCurrency.TryParse(currency, out var known))
            return;
        if (AmountRules.Refuse(form.Request, amount, known) is { } refusal)
            form.Refuse(refusal);
    }
}
