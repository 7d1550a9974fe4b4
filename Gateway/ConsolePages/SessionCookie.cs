using Gateway.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.ConsolePages;

/// <summary>
/// The console's session as a caller of the API, where a request has no Authorization header. A browser sends its cookies by
/// itself, so a request that changes something counts only when it comes from a page of ours: <c>SameSite</c> alone would let
/// another port of the same host in.
/// </summary>
internal sealed class SessionCookie : ICallerSource
{
    private const string Name = "payments_console";

    public Caller? Find(HttpContext context) =>
        context.Request.Headers.Authorization.Count == 0 && (IsReading(context.Request) || IsFromOwnPage(context.Request)) ? FindSession(context)?.Caller : null;

    // The tickets ask the keys, and the keys ask this source: so it finds them when it is asked.
    public static Session? FindSession(HttpContext context) =>
        context.Request.Cookies[Name] is { } ticket ? context.RequestServices.GetRequiredService<SessionTickets>().Find(ticket) : null;

    public static void Set(HttpContext context, string ticket, TimeSpan lifetime) => context.Response.Cookies.Append(Name, ticket, Options(context, lifetime));

    public static void Delete(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context, null));

    /// <summary>Whether a browser says that the request comes from a page of this very origin.</summary>
    public static bool IsFromOwnPage(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site])
            return site == "same-origin";
        // Browsers leave Sec-Fetch-Site out on plain HTTP beyond loopback; Origin goes with every POST.
        return request.Headers.Origin is [{ } origin] && Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsReading(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static CookieOptions Options(HttpContext context, TimeSpan? lifetime) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", MaxAge = lifetime };
}
