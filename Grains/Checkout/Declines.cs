namespace Grains.Checkout;

/// <summary>What a cardholder is told of a decline. Lost and stolen cards are told like any other: the words must not warn a thief.</summary>
internal static class Declines
{
    public static string Message(string code, string? declineCode) => (code, declineCode) switch
    {
        (_, "insufficient_funds") => "Your card has insufficient funds.",
        (_, "card_velocity_exceeded") => "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        (_, "testmode_decline") => "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://docs.stripe.com/testing.",
        ("expired_card", _) => "Your card has expired.",
        ("incorrect_cvc", _) => "Your card's security code is incorrect.",
        ("processing_error", _) => "An error occurred while processing your card. Try again in a little bit.",
        ("incorrect_number", _) => "Your card number is incorrect.",
        ("authentication_required", _) => "Your card was declined. This transaction requires authentication.",
        ("payment_intent_authentication_failure", _) => "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
        ("setup_intent_authentication_failure", _) => "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
        _ => "Your card was declined.",
    };

    /// <summary>Whether trying again may help, in the networks' words.</summary>
    public static string? Advice(string code, string? declineCode) => (code, declineCode) switch
    {
        (_, "lost_card" or "stolen_card" or "fraudulent") => "do_not_try_again",
        ("expired_card" or "incorrect_cvc" or "incorrect_number", _) => "confirm_card_data",
        ("processing_error", _) or (_, "generic_decline" or "insufficient_funds" or "card_velocity_exceeded") => "try_again_later",
        _ => null,
    };

    /// <summary>What the merchant is told.</summary>
    public static string SellerMessage(string code, string? declineCode) => declineCode switch
    {
        "insufficient_funds" => "The bank returned the decline code `insufficient_funds`.",
        "fraudulent" => "The payment was blocked as too risky.",
        null => $"The bank returned the decline code `{code}`.",
        _ => $"The bank returned the decline code `{declineCode}`.",
    };
}
