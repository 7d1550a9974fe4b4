using System.Globalization;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fraud;

/// <summary>Reading rules: <c>/fraud/rules</c>, their versions, and what was in force together: <c>/fraud/rule-sets</c>.</summary>
internal sealed class RuleEndpoints(IGrains grains)
{
    private IRuleBookGrain Book => grains.Get<IRuleBookGrain>(IRuleBookGrain.Key);

    public async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        return query.Errors.Any ? query.Errors.ToProblem() : new ListPage<FraudRule>(await Book.Rules(), false, null).ToResult(RuleJson.Write);
    }

    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var name = (string?)context.Request.RouteValues["name"];
        return (await Book.Rules()).FirstOrDefault(rule => rule.Name == name) is { } found ? new JsonResult<FraudRule>(StatusCodes.Status200OK, found, RuleJson.Write) : NoSuchRule();
    }

    public async Task<IResult> Versions(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "limit", "after");
        var (limit, after) = (query.Limit(), query.Cursor());
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var all = await Book.Versions((string)context.Request.RouteValues["name"]!);
        if (all.Count == 0)
            return NoSuchRule();
        var page = all.Where(version => after is null || version.Version < after).Take(limit + 1).ToList();
        var more = page.Count > limit;
        return new ListPage<RuleVersion>([.. page.Take(limit)], more, more ? page[limit - 1].Version.ToString(CultureInfo.InvariantCulture) : null).ToResult(RuleJson.Write);
    }

    public async Task<IResult> Version(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var all = await Book.Versions((string)context.Request.RouteValues["name"]!);
        return Number(context) is { } number && all.FirstOrDefault(version => version.Version == number) is { } found
            ? new JsonResult<RuleVersion>(StatusCodes.Status200OK, found, RuleJson.Write)
            : new Problem(ProblemCode.NotFound, "There is no such version of the rule.");
    }

    /// <summary>A rule set by its version, or the one in force: <c>current</c>.</summary>
    public async Task<IResult> Set(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var number = (string?)context.Request.RouteValues["version"] == "current" ? 0 : Number(context);
        return number is { } version && await Book.RuleSet(version) is { } found
            ? new JsonResult<FraudRuleSet>(StatusCodes.Status200OK, found, RuleJson.Write)
            : new Problem(ProblemCode.NotFound, "There is no rule set of this version.");
    }

    public static Problem NoSuchRule() => new(ProblemCode.NotFound, "There is no such rule.");

    private static int? Number(HttpContext context) =>
        int.TryParse((string?)context.Request.RouteValues["version"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
