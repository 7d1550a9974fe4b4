using Gateway.Keys;
using Gateway.Payments;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Fraud;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Fraud;

/// <summary>What analysts read and do: <c>/fraud</c>. No tenant sees any of it.</summary>
internal sealed class FraudEndpoints(ApiKeys keys, CaseEndpoints cases, CaseCommands commands, RuleEndpoints rules, RuleCommands ruleCommands, ListEndpoints lists, PaymentViews views, PaymentReader payments)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/fraud");
        group.MapGet("/decisions/{paymentId}", Guard.For(keys, Right.Analyse, Decision));
        group.MapGet("/cases", Guard.For(keys, Right.Analyse, cases.List));
        group.MapGet("/cases/{id}", Guard.For(keys, Right.Analyse, cases.Get));
        foreach (var action in Enum.GetValues<CaseAction>())
            group.MapPost($"/cases/{{id}}/{CaseJson.Word(action)}", Guard.For(keys, Right.Analyse, (context, caller) => commands.Act(context, caller, action)));
        group.MapGet("/rules", Guard.For(keys, Right.Analyse, rules.List));
        group.MapGet("/rules/{name}", Guard.For(keys, Right.Analyse, rules.Get));
        group.MapGet("/rules/{name}/versions", Guard.For(keys, Right.Analyse, rules.Versions));
        group.MapGet("/rules/{name}/versions/{version}", Guard.For(keys, Right.Analyse, rules.Version));
        group.MapPost("/rules/{name}/versions", Guard.For(keys, Right.Analyse, ruleCommands.Draft));
        foreach (var action in RuleCommands.Steps)
            group.MapPost($"/rules/{{name}}/{CaseJson.Word(action)}", Guard.For(keys, Right.Analyse, (context, caller) => ruleCommands.Act(context, caller, action)));
        group.MapGet("/rule-sets/{version}", Guard.For(keys, Right.Analyse, rules.Set));
        group.MapGet("/lists/{list}/entries", Guard.For(keys, Right.Analyse, lists.List));
        group.MapPost("/lists/{list}/entries", Guard.For(keys, Right.Analyse, lists.Add));
        group.MapDelete("/lists/{list}/entries/{id}", Guard.For(keys, Right.Analyse, lists.Remove));
    }

    private async Task<IResult> Decision(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var id = (string?)context.Request.RouteValues["paymentId"];
        if (await views.Find(id, caller) is not { } first)
            return new Problem(ProblemCode.NotFound, "There is no such payment.");
        return await payments.ReadDecision(first) is { } decision
            ? new JsonResult<(string Id, RiskDecision Decision)>(StatusCodes.Status200OK, (id!, decision), static (json, state) => DecisionJson.Write(json, state.Id, state.Decision))
            : new Problem(ProblemCode.NotFound, "No fraud decision was made for this payment: it was rejected before, or risk was not judged then.");
    }
}
