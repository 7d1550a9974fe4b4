using System.Text.RegularExpressions;
using Grains.Interfaces.Checkout;

namespace Gateway.Checkout;

/// <summary>The parameters of refunds, charges, disputes and webhook endpoints.</summary>
internal static partial class ObjectForms
{
    private const int MaxEvents = 200;

    public static MerchantCommand CreateRefund(CheckoutCall call)
    {
        var form = call.Parameters;
        var (charge, intent) = (form.Text("charge"), form.Text("payment_intent"));
        if (charge is null && intent is null)
            form.Refuse("One of the following params should be provided for this request: payment_intent or charge.", "charge", "parameter_missing");
        else if (charge is not null && intent is not null)
            form.Refuse("You may only specify one of these parameters: charge, payment_intent.", "charge");
        return new CreateRefund(charge, intent, form.Amount("amount"), form.Choice("reason", "duplicate", "fraudulent", "requested_by_customer"), form.Metadata());
    }

    public static MerchantCommand UpdateRefund(CheckoutCall call) => new UpdateRefund(call.Id, call.Parameters.Metadata());

    public static MerchantCommand UpdateCharge(CheckoutCall call)
    {
        var form = call.Parameters;
        return new UpdateCharge(call.Id, form.Update("description"), form.Update("receipt_email", 800), form.Shipping(), form.Metadata());
    }

    public static MerchantCommand UpdateDispute(CheckoutCall call)
    {
        var form = call.Parameters;
        return new UpdateDispute(call.Id, Evidence(form.In("evidence")), form.Flag("submit"), form.Metadata());
    }

    public static MerchantCommand ApproveReview(CheckoutCall call) => new ApproveReview(call.Id);

    public static MerchantCommand CloseDispute(CheckoutCall call) => new CloseDispute(call.Id);

    public static MerchantCommand CreateEndpoint(CheckoutCall call)
    {
        call.Parameters.Required("url");
        if (!call.Parameters.Has("enabled_events"))
            call.Parameters.Refuse("Missing required param: enabled_events.", "enabled_events", "parameter_missing");
        return Endpoint(call, null);
    }

    public static MerchantCommand UpdateEndpoint(CheckoutCall call) => Endpoint(call, call.Id);

    public static MerchantCommand DeleteEndpoint(CheckoutCall call) => new DeleteEndpoint(call.Id);

    private static SaveEndpoint Endpoint(CheckoutCall call, string? id)
    {
        var form = call.Parameters;
        var url = form.Text("url", 2_000);
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https") || target.UserInfo.Length > 0))
            form.Refuse($"Invalid URL: {url}", "url", "url_invalid");
        var events = form.List("enabled_events");
        if (events is { Count: 0 or > MaxEvents })
            form.Refuse($"Name 1 to {MaxEvents} types of events, or * for all.", "enabled_events");
        foreach (var type in events ?? [])
            if (type != "*" && !EventTypeForm().IsMatch(type))
                form.Refuse($"Invalid enabled_events: {type} is no type of event.", "enabled_events");
        var version = id is null ? form.Text("api_version", 64) : null;
        if (version is not null && !CheckoutCallReader.IsVersion(version))
            form.Refuse($"Invalid API version: {version}. A version is a date such as 2024-04-10, with or without a release's name behind it.", "api_version");
        var rotates = id is not null && form.Flag("rotate_secret") == true;
        return new SaveEndpoint(id, url, events, version, form.Update("description"), id is null ? null : form.Flag("disabled"), rotates, form.Metadata());
    }

    private static DisputeEvidence? Evidence(Parameters? form) => form is null ? null : new DisputeEvidence
    {
        AccessActivityLog = form.Text("access_activity_log", 20_000),
        BillingAddress = form.Text("billing_address"),
        CancellationPolicyDisclosure = form.Text("cancellation_policy_disclosure", 20_000),
        CancellationRebuttal = form.Text("cancellation_rebuttal", 20_000),
        CustomerEmailAddress = form.Text("customer_email_address"),
        CustomerName = form.Text("customer_name"),
        CustomerPurchaseIp = form.Text("customer_purchase_ip"),
        DuplicateChargeExplanation = form.Text("duplicate_charge_explanation", 20_000),
        DuplicateChargeId = form.Text("duplicate_charge_id"),
        ProductDescription = form.Text("product_description", 20_000),
        RefundPolicyDisclosure = form.Text("refund_policy_disclosure", 20_000),
        RefundRefusalExplanation = form.Text("refund_refusal_explanation", 20_000),
        ServiceDate = form.Text("service_date"),
        ShippingAddress = form.Text("shipping_address"),
        ShippingCarrier = form.Text("shipping_carrier"),
        ShippingDate = form.Text("shipping_date"),
        ShippingTrackingNumber = form.Text("shipping_tracking_number"),
        UncategorizedText = form.Text("uncategorized_text", 20_000),
    };

    [GeneratedRegex("^[a-z_]+(\\.[a-z_]+)+$")]
    private static partial Regex EventTypeForm();
}
