using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Problems;

/// <summary>The page that an error's <c>type</c> names: meaning, cause, remedy.</summary>
internal static class ProblemPages
{
    private static readonly Dictionary<string, byte[]> Pages =
        ProblemCode.All.ToDictionary(static code => code.Code, static code => Encoding.UTF8.GetBytes(Page(code)), StringComparer.Ordinal);

    private static readonly byte[] Index = Encoding.UTF8.GetBytes(IndexPage());

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/problems");
        group.MapGet("", static (HttpContext context) => Html(context, Index));
        group.MapGet("/{code}", static (HttpContext context) =>
            Pages.TryGetValue((string)context.Request.RouteValues["code"]!, out var page)
                ? Html(context, page)
                : new Problem(ProblemCode.NotFound, "There is no problem with this code.").ExecuteAsync(context));
    }

    private static Task Html(HttpContext context, byte[] page)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Length;
        return context.Response.Body.WriteAsync(page).AsTask();
    }

    private static string Page(ProblemCode code) => Frame(
        code.Code,
        $"""
        <p><a href="/problems">All problems</a></p>
        <h1><code>{code.Code}</code></h1>
        <p class="status">HTTP {code.Status}</p>
        <h2>Meaning</h2><p>{WebUtility.HtmlEncode(code.Title)}</p>
        <h2>Cause</h2><p>{WebUtility.HtmlEncode(code.Cause)}</p>
        <h2>Remedy</h2><p>{WebUtility.HtmlEncode(code.Remedy)}</p>
        """);

    private static string IndexPage()
    {
        var rows = new StringBuilder();
        foreach (var code in ProblemCode.All)
            rows.Append($"""<tr><td>{code.Status}</td><td><a href="{code.Type}"><code>{code.Code}</code></a></td><td>{WebUtility.HtmlEncode(code.Title)}</td></tr>""");
        return Frame("Problems", $"<h1>Problems</h1><table><tr><th>Status</th><th>Code</th><th>Meaning</th></tr>{rows}</table>");
    }

    private static string Frame(string title, string body) =>
        $$$"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{{title}}} · Payments</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}h1{font-size:1.5rem}h2{font-size:1rem;margin-bottom:0}p{margin-top:.2rem}.status{color:#595959}td,th{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top}a{color:#0b57d0}@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#161616}.status{color:#a8a8a8}a{color:#8ab4f8}}</style>
        </head><body>{{{body}}}</body></html>
        """;
}
