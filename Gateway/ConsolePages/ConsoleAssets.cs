using System.Collections.Frozen;
using System.Security.Cryptography;
using Gateway.Problems;
using Microsoft.AspNetCore.Http;

namespace Gateway.ConsolePages;

/// <summary>
/// The console's built files, read once at start: a request names an entry of a table, never a path of the disk.
/// </summary>
internal sealed class ConsoleAssets
{
    private const string PageName = "index.html";

    /// <summary>Files whose names carry a hash of their content: another build has other names.</summary>
    private const string HashedPrefix = "assets/";

    /// <summary>Nothing but the console's own files runs, and it talks to nobody but us.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly byte[] NotBuilt = Notice("The console is not built", "Building it needs Node.js 20 or newer: install it and start <code>./run</code> again. The API works without it: see <a href=\"/docs\">/docs</a>.");
    private static readonly byte[] Starting = Notice("Payments is starting", "The sandbox's accounts are being made. This page opens by itself.");

    private readonly FrozenDictionary<string, Asset> assets;
    private readonly Asset? page;

    /// <param name="directory">The built console; where it is missing, a page says so.</param>
    public ConsoleAssets(string directory)
    {
        assets = Read(directory).ToFrozenDictionary(static asset => asset.Name, StringComparer.Ordinal);
        page = assets.GetValueOrDefault(PageName);
    }

    /// <summary>Where the product's own build puts the console.</summary>
    public static string DefaultDirectory => Path.Combine(AppContext.BaseDirectory, "console");

    /// <summary>A file of the console; the page itself for each of its views, whose paths only the page knows.</summary>
    public Task Send(HttpContext context, string path)
    {
        SetPolicy(context);
        if (page is null)
            return SendNotice(context, NotBuilt);
        if (assets.GetValueOrDefault(path) is { } asset)
            return Send(context, asset);
        return path.StartsWith(HashedPrefix, StringComparison.Ordinal) ? new Problem(ProblemCode.PathUnknown).ExecuteAsync(context) : Send(context, page);
    }

    /// <summary>Says that there is nobody to be signed in as yet; the browser asks again after a second.</summary>
    public Task SendStarting(HttpContext context)
    {
        SetPolicy(context);
        context.Response.Headers["Refresh"] = "1";
        return SendNotice(context, page is null ? NotBuilt : Starting);
    }

    private static Task Send(HttpContext context, Asset asset)
    {
        var response = context.Response;
        response.Headers.ETag = asset.Tag;
        response.Headers.CacheControl = asset.Name.StartsWith(HashedPrefix, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return Write(context, asset.ContentType, asset.Bytes);
    }

    private static void SetPolicy(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static Task SendNotice(HttpContext context, byte[] notice)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        return Write(context, "text/html; charset=utf-8", notice);
    }

    private static byte[] Notice(string title, string text) => System.Text.Encoding.UTF8.GetBytes(
        $"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>""");

    private static Task Write(HttpContext context, string contentType, byte[] bytes)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes).AsTask();
    }

    private static IEnumerable<Asset> Read(string directory)
    {
        if (!Directory.Exists(directory))
            yield break;
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(file);
            var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
            yield return new Asset(Path.GetRelativePath(directory, file).Replace('\\', '/'), ContentType(file), bytes, tag);
        }
    }

    private static string ContentType(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };

    private sealed record Asset(string Name, string ContentType, byte[] Bytes, string Tag);
}
