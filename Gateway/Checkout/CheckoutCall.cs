using System.Text;
using Gateway.Keys;
using Gateway.Payments;
using Gateway.Requests;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Ledger;
using Microsoft.AspNetCore.Http;

namespace Gateway.Checkout;

/// <summary>A request of the <c>/v1</c> surface, read: who asks, and its parameters.</summary>
internal sealed record CheckoutCall(HttpContext Context, Caller Caller, RequestFacts Facts, Parameters Parameters, string Hash)
{
    public bool IsPublishable => Caller.Role == ApiKeyRole.MerchantPublishable;

    public string Id => (string)Context.Request.RouteValues["id"]!;
}

/// <summary>Reads requests of the <c>/v1</c> surface.</summary>
internal static class CheckoutCallReader
{
    public const string DefaultVersion = "2024-04-10";
    private const int MaxBodyBytes = 256 * 1024;
    private const int MaxVersionLength = 64;
    private const int MaxKeyLength = 255;

    // They name another account, whose money it would be: refused, not ignored.
    private static readonly string[] OtherAccounts = ["Stripe-Account", "Stripe-Context"];

    // What answers and the log of requests repeat.
    private static readonly string[] EchoedHeaders = ["Idempotency-Key", "Stripe-Version", "User-Agent"];

    /// <summary>The call; null with a refusal.</summary>
    /// <param name="mayHoldCard">Whether this is the one place that takes a card's number.</param>
    public static async ValueTask<(CheckoutCall? Call, WireAnswer? Refusal)> Read(HttpContext context, ApiKeys keys, ClientSecrets secrets, bool mayHoldCard, RequestNote note)
    {
        var version = context.Request.Headers["Stripe-Version"].ToString();
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        var isPost = HttpMethods.IsPost(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method);
        var facts = new RequestFacts(context.TraceIdentifier, isPost && key.Length > 0 ? key : null, version.Length == 0 ? DefaultVersion : version, [], BaseUrl(context)) { Trace = JourneyTrace.Here };
        if ((FindCaller(context, keys) ?? await secrets.FindCaller(Bearer(context))) is not { } caller)
            return (null, Unauthenticated(context, facts));
        note.Caller = caller;
        if (caller.Role is not (ApiKeyRole.Merchant or ApiKeyRole.MerchantPublishable))
            return (null, WireError.Of(facts, 403, new PaymentError { Type = "invalid_request_error", Message = "This key is no merchant's.", Code = "platform_api_key_expired" }));
        if (CardPlace(context) is { } place)
            return (null, CardRefused(facts with { IdempotencyKey = null, ApiVersion = DefaultVersion }, place));
        if (!IsVersion(facts.ApiVersion))
            return (null, WireError.Invalid(facts, $"Invalid Stripe API version: {facts.ApiVersion[..Math.Min(facts.ApiVersion.Length, MaxVersionLength)]}"));
        if (Array.Find(OtherAccounts, context.Request.Headers.ContainsKey) is { } other)
            return (null, WireError.UnknownParameter(facts, other));
        if (key.Length > MaxKeyLength || key.Any(static letter => letter is < ' ' or > '~'))
            return (null, WireError.Invalid(facts, $"An idempotency key has at most {MaxKeyLength} printable characters."));
        note.Facts = facts;
        var query = context.Request.QueryString.Value is { Length: > 1 } value ? value[1..] : "";
        if (await ReadText(context, query) is not { } text)
            return (null, WireError.Of(facts, 413, new PaymentError { Type = "invalid_request_error", Message = "The request's body is too large." }));
        if (context.Request.ContentLength > 0 && !context.Request.HasFormContentType)
            return (null, WireError.Invalid(facts, "The body of a request must be form-encoded: application/x-www-form-urlencoded."));
        var tree = FormTree.Parse(text, out var fault, out var pairs);
        if (tree is null)
            return (null, WireError.Invalid(facts, fault!));
        note.Pairs = pairs;
        if (FirstCard(pairs, FormTree.CountPairs(query), mayHoldCard) is { } refused)
            return (null, CardRefused(facts, refused));
        var parameters = new Parameters(tree, facts);
        var expand = parameters.List("expand") ?? [];
        facts = facts with { Expand = expand };
        return (new CheckoutCall(context, caller, facts, parameters, Hash(context, pairs, mayHoldCard)), null);
    }

    /// <summary>
    /// Where in a request's address or headers a card's number stands; null where it stands in none. What is in an address is in the logs
    /// of whatever is on the way.
    /// </summary>
    public static string? CardPlace(HttpContext context)
    {
        var request = context.Request;
        if (CardNumber.IsIn(request.Path.Value ?? "") || CardNumber.IsIn(request.Method) || CardNumber.IsIn(request.Host.Value ?? ""))
            return "";
        return Array.Find(EchoedHeaders, name => CardNumber.IsIn(request.Headers[name].ToString()));
    }

    /// <summary>The answer to a card's number where none may be: it says where it stood, and nothing of it.</summary>
    public static WireAnswer CardRefused(RequestFacts facts, string param) => WireError.Invalid(
        CardNumber.IsIn(facts.BaseUrl) ? facts with { BaseUrl = "" } : facts,
        "A card number was sent where none may be. Card numbers are taken only in the body of POST /v1/tokens, from hosted fields with a publishable key; this request was not kept.",
        param.Length == 0 ? null : param,
        "card_number_not_accepted");

    /// <summary>The name of the first parameter that holds a card where none may be, empty where the name itself does; null for none.</summary>
    /// <param name="fromQuery">How many of the pairs came with the address, where not even the token's endpoint takes one.</param>
    private static string? FirstCard(IReadOnlyList<KeyValuePair<string, string>> pairs, int fromQuery, bool mayHoldCard)
    {
        for (var i = 0; i < pairs.Count; i++)
        {
            var (name, value) = pairs[i];
            if (CardNumber.IsIn(name))
                return "";
            if (mayHoldCard && i >= fromQuery && name == "card[number]")
                continue;
            if (CardNumber.IsIn(value) || (mayHoldCard && i < fromQuery && name.StartsWith("card[", StringComparison.Ordinal)))
                return name;
        }

        return null;
    }

    private static string? Bearer(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private static Caller? FindCaller(HttpContext context, ApiKeys keys)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return keys.Find(context);
        Span<byte> decoded = stackalloc byte[512];
        if (header.Length > 512 || !Convert.TryFromBase64String(header[6..].Trim(), decoded, out var length))
            return null;
        var user = Encoding.UTF8.GetString(decoded[..length]);
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        return keys.Find(colon < 0 ? user : user.AsSpan(0, colon));
    }

    private static WireAnswer Unauthenticated(HttpContext context, RequestFacts facts)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Payments\"";
        var given = context.Request.Headers.Authorization.Count > 0;
        return WireError.Of(facts, 401, new PaymentError
        {
            Type = "invalid_request_error",
            Message = given ? "Invalid API Key provided." : "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        });
    }

    // 2024-04-10, 2026-10-28.endive.
    public static bool IsVersion(string version) =>
        version == DefaultVersion
        || version.Length is >= 10 and <= MaxVersionLength && DateOnly.TryParseExact(version.AsSpan(0, 10), "yyyy-MM-dd", out _)
        && (version.Length == 10 || (version[10] is '.' or ';' && version.AsSpan(11).IndexOfAnyExcept(VersionLetters) < 0));

    private static readonly System.Buffers.SearchValues<char> VersionLetters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=;. -");

    private static async ValueTask<string?> ReadText(HttpContext context, string query)
    {
        if (HttpMethods.IsGet(context.Request.Method) || context.Request.ContentLength is 0)
            return query;
        if (await RequestBody.ReadWhole(context, MaxBodyBytes) is not { } whole)
            return null;
        var body = Encoding.UTF8.GetString(whole);
        context.Request.BodyReader.AdvanceTo(whole.End);
        return query.Length == 0 ? body : body.Length == 0 ? query : $"{query}&{body}";
    }

    /// <summary>The hash with what stands for a card's number in place of it: a keyed fingerprint, which nobody can try numbers against.</summary>
    public static string WithCard(string hash, string fingerprint) => RequestDigest.Of($"{hash}\n{fingerprint}");

    // The ledger keeps it, and a card's number and code have so few values that their plain hash is as good as they are.
    private static string Hash(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> pairs, bool mayHoldCard) =>
        RequestDigest.Of(context.Request.Method, context.Request.Path.Value ?? "", mayHoldCard ? pairs.Where(static pair => pair.Key is not ("card[number]" or "card[cvc]")) : pairs);

    private static string BaseUrl(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";
}
