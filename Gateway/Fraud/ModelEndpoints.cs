using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Fraud;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Fraud;

/// <summary>
/// The model: what it is and what it is worth (<c>GET /fraud/model</c>), which ones lie ready (<c>GET /fraud/models</c>, and each with its
/// manifest under its version), bringing one from elsewhere (<c>POST /fraud/models</c>), and putting one in force without a restart
/// (<c>PUT /fraud/model</c>), by an administrator; by two where what acts takes two people. For every process on the ledger.
/// </summary>
internal sealed class ModelEndpoints(ApiKeys keys, IRiskModels models, IOptions<GatewayOptions> options)
{
    private const int MaxVersion = 100;
    private const int MaxFileBytes = IModelShelf.MaxModelBytes;

    public void Map(IEndpointRouteBuilder group)
    {
        group.MapGet("/model", Guard.For(keys, Right.Analyse, Get));
        group.MapGet("/models", Guard.For(keys, Right.Analyse, List));
        group.MapPost("/models", Guard.For(keys, Right.Operate, Add));
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
        return await Choose(new ModelChoice(version, mode == "live"), caller, _ => Find(version!));
    }

    private Task<IResult> Delete(HttpContext context, Caller caller) => Choose(
        new ModelChoice(null, IsPublished: false), caller, answer => answer.Model!.Asked is not null && models.Current is { } current ? ModelJson.Shown(current, StatusCodes.Status202Accepted) : Results.NoContent());

    private async Task<IResult> Choose(ModelChoice choice, Caller caller, Func<RuleBookAnswer, IResult> recorded)
    {
        try
        {
            var answer = await models.Choose(choice, caller.Label, caller.Tenant).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs));
            return answer.Outcome switch
            {
                RuleBookOutcome.Recorded => recorded(answer),
                RuleBookOutcome.Unknown => Problem.OfField("version", "is no model that lies ready here."),
                _ => RuleBookAnswers.Refusal(answer, "There is no such model."),
            };
        }
        catch (InvalidDataException damage)
        {
            return Problem.OfField("version", damage.Message);
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    // The file as `fraud train` wrote it, whole.
    private async Task<IResult> Add(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        using var body = await RequestBody.ReadJson(context, MaxFileBytes);
        if (body.Problem is { } problem)
            return problem;
        try
        {
            return ModelJson.Shown(models.Find(models.Add(body.Bytes.ToArray()))!, StatusCodes.Status201Created);
        }
        catch (InvalidDataException damage)
        {
            return new Problem(ProblemCode.MalformedJson, damage.Message);
        }
    }
}
