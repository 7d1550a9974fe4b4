using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.ConsolePages;

/// <summary><c>/console/session</c>: signing in with an API key, who is signed in, signing out.</summary>
internal sealed class SessionEndpoints(ApiKeys keys, SessionTickets tickets, IOptions<GatewayOptions> options)
{
    private const int MaxKeyLength = 256;

    private static readonly Problem CrossSite = new(ProblemCode.CrossSiteRequest);

    /// <summary>Who the caller is. A session that is asked for is in use, and lasts from now on again.</summary>
    public Task<IResult> Get(HttpContext context, Caller caller)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (SessionCookie.FindSession(context) is { } session && session.Caller == caller)
            SignIn(context, session.KeyHash);
        return Task.FromResult<IResult>(new JsonResult<(Caller Caller, bool Sandbox)>(StatusCodes.Status200OK, (caller, options.Value.Sandbox), static (json, state) =>
        {
            json.WriteStartObject();
            json.WriteString("name"u8, state.Caller.TenantName);
            json.WriteString("role"u8, state.Caller.Role.ToString().ToLowerInvariant());
            json.WriteBoolean("sandbox"u8, state.Sandbox);
            // What cases call an analyst: two of one tenant are two people.
            if (state.Caller.Role.Has(Right.Analyse))
                json.WriteString("label"u8, state.Caller.Label);
            json.WriteEndObject();
        }));
    }

    public async Task Post(HttpContext context) => await (await SignIn(context)).ExecuteAsync(context);

    public static async Task Delete(HttpContext context)
    {
        if (!SessionCookie.IsFromOwnPage(context.Request))
        {
            await CrossSite.ExecuteAsync(context);
            return;
        }

        SessionCookie.Delete(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public void SignIn(HttpContext context, byte[] keyHash) => SessionCookie.Set(context, tickets.Issue(keyHash), tickets.Lifetime);

    private async Task<IResult> SignIn(HttpContext context)
    {
        if (!SessionCookie.IsFromOwnPage(context.Request))
            return CrossSite;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "key");
        if (body is null)
            return problem!;
        body.Require("key");
        var key = body.Text("key", MaxKeyLength, TextKind.Identifier);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        if (keys.Find(key) is not { } caller)
            return new Problem(ProblemCode.Unauthenticated, "There is no such key, or it was revoked.");
        if (!caller.Role.Has(Right.Read))
            return new Problem(ProblemCode.RoleNotAllowed, "A key of this role reads nothing, and the console would be empty.");
        SignIn(context, ApiKeys.Hash(key!));
        return TypedResults.NoContent();
    }
}
