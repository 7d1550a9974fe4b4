using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Fraud;

/// <summary>
/// The model: what it is and what it is worth (<c>GET /fraud/model</c>), which ones lie ready (<c>GET /fraud/models</c>, and each with its
/// manifest under its version), and putting one in force without a restart (<c>PUT /fraud/model</c>, by an administrator; by two where
/// what acts takes two people). Of this process: several on one ledger are told each.
/// </summary>
internal sealed class ModelEndpoints(ApiKeys keys, IRiskModels models, IOptions<GatewayOptions> options)
{
    private const int MaxVersion = 100;

    public void Map(IEndpointRouteBuilder group)
    {
        group.MapGet("/model", Guard.For(keys, Right.Analyse, Get));
        group.MapGet("/models", Guard.For(keys, Right.Analyse, List));
        group.MapGet("/models/{version}", Guard.For(keys, Right.Analyse, Version));
        group.MapPut("/model", Guard.For(keys, Right.Operate, Put));
        group.MapDelete("/model", Guard.For(keys, Right.Operate, Delete));
    }

    private Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        IResult result = query.Errors.Any ? query.Errors.ToProblem()
            : models.Current is { } model ? ModelJson.Shown(model)
            : new Problem(ProblemCode.NotFound, "No model is loaded.");
        return Task.FromResult(result);
    }

    private Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        return Task.FromResult(query.Errors.Any
            ? query.Errors.ToProblem()
            : new ListPage<ModelListed>(models.List(), HasMore: false, Next: null).ToResult(ModelJson.Write));
    }

    private Task<IResult> Version(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        return Task.FromResult<IResult>(query.Errors.Any ? query.Errors.ToProblem() : Find((string)context.Request.RouteValues["version"]!));
    }

    private IResult Find(string version)
    {
        try
        {
            return models.Find(version) is { } model ? ModelJson.Shown(model) : new Problem(ProblemCode.NotFound, "No model of this version lies ready here.");
        }
        catch (InvalidDataException damage)
        {
            return new Problem(ProblemCode.NotFound, damage.Message);
        }
    }

    private async Task<IResult> Put(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "version", "mode");
        if (body is null)
            return problem!;
        body.Require("version");
        body.Require("mode");
        var version = body.Text("version", MaxVersion, TextKind.Identifier);
        var mode = body.Text("mode", MaxVersion, TextKind.Identifier);
        if (mode is not (null or "live" or "shadow"))
            body.Refuse("mode", "must be live or shadow.");
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        try
        {
            var change = models.Choose(new ModelChoice(version, mode == "live"), caller.Label);
            return change.Outcome switch
            {
                ModelOutcome.InForce or ModelOutcome.Asked => Find(version!),
                ModelOutcome.FourEyes => FourEyes(change),
                ModelOutcome.Unknown => Problem.OfField("version", "is no model that lies ready here."),
            };
        }
        catch (InvalidDataException damage)
        {
            return Problem.OfField("version", damage.Message);
        }
    }

    private Task<IResult> Delete(HttpContext context, Caller caller)
    {
        var change = models.Choose(new ModelChoice(null, IsPublished: false), caller.Label);
        return Task.FromResult(change.Outcome switch
        {
            ModelOutcome.InForce => Results.NoContent(),
            ModelOutcome.Asked => ModelJson.Shown(models.Current!, StatusCodes.Status202Accepted),
            ModelOutcome.FourEyes => FourEyes(change),
            ModelOutcome.Unknown => throw new InvalidOperationException("No model is always there."),
        });
    }

    private static Problem FourEyes(ModelChange change) =>
        new(ProblemCode.FourEyes, $"{change.By} asked for this: somebody else must do it.") { Members = [new("actedBy", change.By!)] };
}
