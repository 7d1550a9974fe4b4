using System.Text.Json;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Fraud;

/// <summary>
/// The model: what it is and what it is worth (<c>GET /fraud/model</c>), which ones lie ready (<c>GET /fraud/models</c>), and putting one
/// in force without a restart (<c>PUT /fraud/model</c>, by an administrator). Of this process: several on one ledger are told each.
/// </summary>
internal sealed class ModelEndpoints(ApiKeys keys, IRiskModels models, IOptions<GatewayOptions> options)
{
    private const int MaxVersion = 100;

    public void Map(IEndpointRouteBuilder group)
    {
        group.MapGet("/model", Guard.For(keys, Right.Analyse, Get));
        group.MapGet("/models", Guard.For(keys, Right.Analyse, List));
        group.MapPut("/model", Guard.For(keys, Right.Operate, Put));
        group.MapDelete("/model", Guard.For(keys, Right.Operate, Delete));
    }

    private Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        IResult result = query.Errors.Any ? query.Errors.ToProblem()
            : models.Current is { } model ? Shown(model)
            : new Problem(ProblemCode.NotFound, "No model is loaded.");
        return Task.FromResult(result);
    }

    private Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        return Task.FromResult(query.Errors.Any
            ? query.Errors.ToProblem()
            : new ListPage<string>(models.Versions(), HasMore: false, Next: null).ToResult(static (json, version) => json.WriteStringValue(version)));
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
            return models.Load(version!, mode == "live") ? Shown(models.Current!) : Problem.OfField("version", "is no model that lies ready here.");
        }
        catch (InvalidDataException damage)
        {
            return Problem.OfField("version", damage.Message);
        }
    }

    private Task<IResult> Delete(HttpContext context, Caller caller)
    {
        models.Unload();
        return Task.FromResult(Results.NoContent());
    }

    private static JsonResult<ModelInForce> Shown(ModelInForce model) => new(StatusCodes.Status200OK, model, Write);

    private static void Write(Utf8JsonWriter json, ModelInForce model)
    {
        json.WriteStartObject();
        json.WriteString("version"u8, model.Version);
        json.WriteString("mode"u8, model.IsPublished ? "live"u8 : "shadow"u8);
        json.WritePropertyName("manifest"u8);
        json.WriteRawValue(model.Manifest.Span);
        json.WriteEndObject();
    }
}
