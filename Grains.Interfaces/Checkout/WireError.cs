using System.Text.Json;

namespace Grains.Interfaces.Checkout;

/// <summary>Refusals in the words of Stripe's error object.</summary>
public static class WireError
{
    public static WireAnswer Invalid(RequestFacts request, string message, string? param = null, string? code = null) =>
        Of(request, 400, new PaymentError { Type = "invalid_request_error", Message = message, Param = param, Code = code });

    /// <summary>A parameter that this endpoint does not honour is never ignored.</summary>
    public static WireAnswer UnknownParameter(RequestFacts request, string param) =>
        Invalid(request, $"Received unknown parameter: {param}", param, "parameter_unknown");

    public static WireAnswer MissingParameter(RequestFacts request, string param) =>
        Invalid(request, $"Missing required param: {param}.", param, "parameter_missing");

    /// <summary>404 where the id stands in the path, 400 where it is a parameter.</summary>
    public static WireAnswer NoSuch(RequestFacts request, string what, string id, string param, bool inPath) => Of(
        request,
        inPath ? 404 : 400,
        new PaymentError { Type = "invalid_request_error", Message = $"No such {what}: '{id}'", Param = param, Code = "resource_missing" });

    public static WireAnswer UnexpectedState(RequestFacts request, PaymentIntent intent, string message) => Of(
        request,
        400,
        new PaymentError { Type = "invalid_request_error", Message = message, Code = "payment_intent_unexpected_state", PaymentIntent = intent });

    public static WireAnswer UnexpectedState(RequestFacts request, SetupIntent intent, string message) => Of(
        request,
        400,
        new PaymentError { Type = "invalid_request_error", Message = message, Code = "setup_intent_unexpected_state", SetupIntent = intent });

    public static WireAnswer KeyReused(RequestFacts request) => Of(
        request,
        400,
        new PaymentError
        {
            Type = "idempotency_error",
            Message = $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{request.IdempotencyKey}' if you meant to execute a different request.",
        });

    public static WireAnswer KeyInUse(RequestFacts request) => Of(
        request,
        409,
        new PaymentError
        {
            Type = "idempotency_error",
            Code = "idempotency_key_in_use",
            Message = $"There is currently another in-progress request using this key ('{request.IdempotencyKey}'). Wait until it has finished, then send this request again.",
        }) with
    { MayRetry = true };

    /// <summary>Another request is changing the same object.</summary>
    public static WireAnswer Locked(RequestFacts request) => Of(
        request,
        409,
        new PaymentError { Type = "invalid_request_error", Code = "lock_timeout", Message = "Another request is working on this object. Send this one again in a moment." }) with
    { MayRetry = true };

    /// <summary>Too much to do at present; certainly nothing was recorded.</summary>
    public static WireAnswer Unavailable(RequestFacts request) => Of(
        request,
        503,
        new PaymentError { Type = "api_error", Message = "Too much is asked for at present. Nothing was recorded: send the request again." }) with
    { MayRetry = true };

    /// <summary>Nothing is known of what was recorded; the same key gets the answer.</summary>
    public static WireAnswer Failed(RequestFacts request) => Of(
        request,
        500,
        new PaymentError { Type = "api_error", Message = "Something went wrong here. Send the request again with the same idempotency key." });

    /// <summary>The merchant's accounts are in a state that only an operator can put right: trying again helps nobody.</summary>
    public static WireAnswer NeedsOperator(RequestFacts request) => Of(
        request,
        500,
        new PaymentError { Type = "api_error", Message = "This merchant's account cannot be used: an operator has to look at it." });

    /// <summary>The acquirer was asked, and what it answered could not be recorded yet: it is asked for again, by the product itself.</summary>
    public static WireAnswer NotYetKnown(RequestFacts request) => Of(
        request,
        500,
        new PaymentError { Type = "api_error", Message = "The acquirer was asked, and its answer could not be recorded at present: the object stays processing until it is. Retrieve it, or send the request again with the same idempotency key; with another key, or none, it may be done twice." });

    public static WireAnswer Card(RequestFacts request, PaymentError error) => Of(request, 402, error);

    public static WireAnswer Of(RequestFacts request, int status, PaymentError error)
    {
        var complete = error with { DocUrl = error.DocUrl ?? DocUrl(error.Code), RequestLogUrl = $"{request.BaseUrl}/console/requests/{request.Id}" };
        return new WireAnswer(status, JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(complete), CheckoutJson.Default.ErrorBody));
    }

    /// <summary>Where the code is explained.</summary>
    public static string? DocUrl(string? code) => code is null ? null : $"https://docs.stripe.com/error-codes#{code.Replace('_', '-')}";
}
