using Gateway.Keys;
using Grains.Interfaces.Fraud;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Fraud;

/// <summary>The paths of rules, rule sets and lists.</summary>
internal sealed class RuleRoutes(ApiKeys keys, RuleEndpoints rules, RuleCommands ruleCommands, ListEndpoints lists)
{
    public void Map(IEndpointRouteBuilder group)
    {
        group.MapGet("/rules", Guard.For(keys, Right.Analyse, rules.List));
        group.MapGet("/rules/{name}", Guard.For(keys, Right.Analyse, rules.Get));
        group.MapGet("/rules/{name}/versions", Guard.For(keys, Right.Analyse, rules.Versions));
        group.MapGet("/rules/{name}/versions/{version}", Guard.For(keys, Right.Analyse, rules.Version));
        group.MapPost("/rules/{name}/versions", Guard.For(keys, Right.Analyse, ruleCommands.Draft));
        foreach (var action in RuleCommands.Steps)
            group.MapPost($"/rules/{{name}}/{action.Word()}", Guard.For(keys, Right.Analyse, (context, caller) => ruleCommands.Act(context, caller, action)));
        group.MapGet("/rule-sets/{version}", Guard.For(keys, Right.Analyse, rules.Set));
        group.MapGet("/lists/{list}/entries", Guard.For(keys, Right.Analyse, lists.List));
        group.MapPost("/lists/{list}/entries", Guard.For(keys, Right.Analyse, lists.Add));
        foreach (var action in (ListAction[])[ListAction.Approve, ListAction.Reject])
            group.MapPost($"/lists/{{list}}/entries/{{id}}/{action.Word()}", Guard.For(keys, Right.Analyse, (context, caller) => lists.Answer(context, caller, action)));
        group.MapDelete("/lists/{list}/entries/{id}", Guard.For(keys, Right.Analyse, lists.Remove));
    }
}
