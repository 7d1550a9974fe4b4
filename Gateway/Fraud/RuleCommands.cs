using System.Globalization;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Fraud;

/// <summary>What an analyst does with a rule: <c>POST /fraud/rules/{name}/versions</c>, and <c>…/validate|shadow|publish|rollout|retire|revert</c>.</summary>
internal sealed class RuleCommands(IGrains grains, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    /// <summary>Longer than the name of any rule.</summary>
    private const int MaxName = 100;

    private const int MaxPercent = 100;

    /// <summary>Steps with a path of their own.</summary>
    public static IReadOnlyList<RuleAction> Steps { get; } = [RuleAction.Validate, RuleAction.Shadow, RuleAction.Publish, RuleAction.Rollout, RuleAction.Retire, RuleAction.Revert];

    public Task<IResult> Draft(HttpContext context, Caller caller) => Run(context, caller, RuleAction.Draft, StatusCodes.Status201Created, ["parameters", "conditions", "note", "revision"], static (body, command) => command with
    {
        Parameters = RuleContent.Parameters(body),
        Conditions = RuleContent.Conditions(body),
        Note = body.Text("note", RuleCommand.MaxNote, TextKind.Free),
    });

    public Task<IResult> Act(HttpContext context, Caller caller, RuleAction action) => Run(context, caller, action, StatusCodes.Status200OK, Fields(action), (body, command) =>
    {
        // Without one, a rule is reverted to what was published last.
        if (action != RuleAction.Revert)
            body.Require("version");
        body.Require("revision");
        if (action == RuleAction.Rollout)
            body.Require("rollout");
        return command with { Version = (int)(body.Number("version", 1, int.MaxValue) ?? 0), Rollout = (int?)body.Number("rollout", 1, MaxPercent) };
    });

    // All payers, where what is published names no share.
    private static string[] Fields(RuleAction action) => action is RuleAction.Publish or RuleAction.Rollout ? ["version", "revision", "rollout"] : ["version", "revision"];

    private async Task<IResult> Run(HttpContext context, Caller caller, RuleAction action, int status, string[] fields, Func<BodyObject, RuleCommand, RuleCommand> read)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, fields);
        if (body is null)
            return problem!;
        var rule = (string)context.Request.RouteValues["name"]!;
        if (rule.Length > MaxName)
            return RuleEndpoints.NoSuchRule();
        var command = read(body, new RuleCommand { Rule = rule, Action = action, Actor = caller.Label, Tenant = caller.Tenant });
        command = command with { Revision = (int?)body.Number("revision", 0, int.MaxValue) };
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        command = command with { Key = IdempotencyKey.Of(caller.Tenant, key, $"/fraud/rules/{rule}"), RequestHash = Hash(command) };
        try
        {
            var answer = await grains.Get<IRuleBookGrain>(IRuleBookGrain.Key).ChangeRule(command).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs));
            return RuleBookAnswers.Result(
                answer, status, made => action == RuleAction.Draft ? string.Create(CultureInfo.InvariantCulture, $"/fraud/rules/{made.Rule!.Rule}/versions/{made.Rule.Version}") : null, "There is no such rule, or no such version of it.");
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    private UInt128 Hash(RuleCommand command)
    {
        var hash = CanonicalHash.Start((byte)'R');
        hash.Add(1, (byte)command.Action);
        hash.Add(2, command.Version);
        hash.Add(3, command.Revision ?? -1);
        hash.Add(4, command.Note);
        hash.Add(5, command.Actor);
        foreach (var (name, value) in command.Parameters)
        {
            hash.Add(6, name);
            hash.Add(7, value);
        }

        hash.Add(8, command.Conditions?.Count ?? -1);
        foreach (var condition in command.Conditions ?? [])
        {
            hash.Add(9, (byte)condition.Feature);
            hash.Add(10, (byte)condition.Operator);
            hash.Add(11, condition.Value);
        }

        if (command.Rollout is { } rollout)
            hash.Add(12, rollout);
        return hash.End(hashKey);
    }
}
