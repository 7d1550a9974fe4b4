using Gateway.Keys;
using Gateway.Payments;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Fraud;
using Ledger;
using Ledger.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Fraud;

/// <summary>What analysts read and do: <c>/fraud</c>. No tenant sees any of it.</summary>
internal sealed class FraudEndpoints(
    ApiKeys keys, CaseEndpoints cases, CaseCommands commands, ModelEndpoints model, BacktestEndpoints backtests, RuleRoutes rules, AlertEndpoints alerts, FraudStream stream, PaymentViews views, PaymentReader payments,
    DocumentReader documents, IRiskModels models)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/fraud");
        group.MapGet("/decisions/{paymentId}", Guard.For(keys, Right.Analyse, Decision));
        group.MapGet("/cases", Guard.For(keys, Right.Analyse, cases.List));
        group.MapGet("/cases/{id}", Guard.For(keys, Right.Analyse, cases.Get));
        group.MapGet("/stream", Guard.For(keys, Right.Analyse, stream.Get));
        model.Map(group);
        backtests.Map(group);
        foreach (var action in Enum.GetValues<CaseAction>())
            group.MapPost($"/cases/{{id}}/{action.Word()}", Guard.For(keys, Right.Analyse, (context, caller) => commands.Act(context, caller, action)));
        rules.Map(group);
        alerts.Map(group);
    }

    private async Task<IResult> Decision(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var id = (string?)context.Request.RouteValues["paymentId"];
        RiskDecision? made;
        if (await CardDecisions.Find(documents, id) is { } card)
            made = await CardDecisions.Read(documents, card);
        else if (await views.Find(id, caller) is { } first)
            made = await payments.ReadDecision(first);
        else
            return new Problem(ProblemCode.NotFound, "There is no such payment.");
        return made is { } decision
            ? new JsonResult<(string Id, RiskDecision Decision)>(StatusCodes.Status200OK, (id!, Explained(decision)), static (json, state) => DecisionJson.Write(json, state.Id, state.Decision))
            : new Problem(ProblemCode.NotFound, "No fraud decision was made for this payment: it was rejected before, or risk was not judged then.");
    }

    // Of what passed, the features that moved the model are not recorded: they are found again, from the values that are.
    private RiskDecision Explained(RiskDecision decision) => decision.Model is { Contributions.Count: 0 } model
        ? decision with { Model = model with { Contributions = models.Explain(model.Version, decision.Values) } }
        : decision;
}
