using Microsoft.AspNetCore.Builder;

namespace Gateway.OpenApi;

/// <summary><c>/docs</c>: the OpenAPI document as a page to read and to try, served from the product itself.</summary>
internal static class DocsPage
{
    private const string Path = "/docs";

    public static void Use(IApplicationBuilder app)
    {
        // Behind a look at the path: the page's own matching is too slow to run before every payment.
        app.MapWhen(static context => context.Request.Path.StartsWithSegments(Path), static docs => docs.UseSwaggerUI(static page =>
        {
            page.RoutePrefix = Path[1..];
            page.SwaggerEndpoint(ApiDocument.Path, "Payments");
            page.DocumentTitle = "Payments · API";
            page.EnablePersistAuthorization();
            page.EnableTryItOutByDefault();
        }));
    }
}
