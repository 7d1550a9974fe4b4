using Grains.Interfaces.Values;

namespace Grains.Interfaces.Checkout;

/// <summary>The ids of checkout objects: the prefix that Stripe gives each kind, then the merchant's bucket and the document's number.</summary>
public static class DocumentId
{
    private static readonly (DocumentKind Kind, string Prefix)[] Prefixes =
        [.. Enum.GetValues<DocumentKind>().Where(static kind => kind < DocumentKind.StoredRequest).Select(static kind => (kind, Prefix(kind)))];

    public static string Format(DocumentKind kind, int bucket, long number) => ResourceId.Format(Prefix(kind), bucket, number);

    /// <summary>Reads an id of this kind and bucket.</summary>
    public static bool TryParse(string? text, DocumentKind kind, int bucket, out long number)
    {
        number = 0;
        return text is not null && ResourceId.TryParse(text, Prefix(kind), out var of, out number) && of == bucket;
    }

    /// <summary>Reads an id of any kind.</summary>
    public static bool TryParse(string? text, int bucket, out DocumentKind kind, out long number)
    {
        (kind, number) = (0, 0);
        if (text is null)
            return false;
        foreach (var (candidate, prefix) in Prefixes)
        {
            if (!ResourceId.TryParse(text, prefix, out var of, out number))
                continue;
            kind = candidate;
            return of == bucket;
        }

        return false;
    }

    /// <summary>The prefix of a kind's ids; one that no caller sees has none.</summary>
    public static string Prefix(DocumentKind kind) => kind switch
    {
        DocumentKind.Customer => "cus",
        DocumentKind.PaymentMethod => "pm",
        DocumentKind.PaymentIntent => "pi",
        DocumentKind.SetupIntent => "seti",
        DocumentKind.Charge => "ch",
        DocumentKind.Refund => "re",
        DocumentKind.BalanceTransaction => "txn",
        DocumentKind.Event => "evt",
        DocumentKind.Dispute => "du",
        DocumentKind.Payout => "po",
        DocumentKind.WebhookEndpoint => "we",
        DocumentKind.Token => "tok",
        DocumentKind.CheckoutSession => "cs_test",
        DocumentKind.Delivery => "wd",
        DocumentKind.Review => "prv",
        DocumentKind.FraudCase => "case",
        DocumentKind.StoredRequest => "stored",
        DocumentKind.Maturing => "maturing",
    };
}
