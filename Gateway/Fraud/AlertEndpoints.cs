using System.Globalization;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Fraud;

/// <summary>What detectors found across accounts: <c>/fraud/alerts</c>, newest first, and what an analyst says of it.</summary>
internal sealed class AlertEndpoints(ApiKeys keys, IGrains grains, DocumentReader documents, AccountDirectory directory, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    private const int MaxDetector = 64;

    private static readonly AccountId Owner = AccountId.Parse(IFraudAlertsGrain.Key);

    public void Map(IEndpointRouteBuilder group)
    {
        group.MapGet("/alerts", Guard.For(keys, Right.Analyse, List));
        group.MapGet("/alerts/{id}", Guard.For(keys, Right.Analyse, Get));
        group.MapPost("/alerts/{id}/close", Guard.For(keys, Right.Analyse, Close));
    }

    private async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "detector", "state", "limit", "after");
        var (limit, after) = (query.Limit(), query.Cursor());
        var (detector, state) = (Detector(query), State(query));
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        // Before the first alert there is nobody who has any.
        if (await directory.Find(Owner) is not { } owner)
            return new ListPage<FraudAlert>([], false, null).ToResult(AlertJson.Write);
        var found = await documents.List(new DocumentQuery(owner.Number, AlertList.Kind, AlertList.Link(detector, state), after ?? 0, 0, limit + 1));
        var more = found.Count > limit;
        return new ListPage<FraudAlert>([.. found.Take(limit).Select(static each => FraudJson.ReadAlert(each.State.Public))], more, more ? found[limit - 1].State.Number.ToString(CultureInfo.InvariantCulture) : null).ToResult(AlertJson.Write);
    }

    private async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        return TryNumber(context, out var number) && await directory.Find(Owner) is { } owner && await documents.Find(owner.Number, AlertList.Kind, number) is { } state
            ? new JsonResult<FraudAlert>(StatusCodes.Status200OK, FraudJson.ReadAlert(state.Public), AlertJson.Write)
            : NoSuchAlert();
    }

    private async Task<IResult> Close(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "version", "outcome", "note");
        if (body is null)
            return problem!;
        body.Require("version");
        body.Require("outcome");
        var version = body.Number("version", 1, int.MaxValue);
        var outcome = CaseCommands.ReadLabel(body, "outcome");
        var note = body.Text("note", CaseCommand.MaxText, TextKind.Free);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        if (!TryNumber(context, out var number))
            return NoSuchAlert();
        var hash = CanonicalHash.Start((byte)'A');
        hash.Add(1, version!.Value);
        hash.Add(2, (byte)outcome!.Value);
        hash.Add(3, note);
        hash.Add(4, caller.Label);
        var command = new CloseAlert(number, (int)version.Value, outcome.Value, note, caller.Label, caller.Tenant, IdempotencyKey.Of(caller.Tenant, key, $"/fraud/alerts/{number}"), hash.End(hashKey));
        try
        {
            return Result(await grains.Get<IFraudAlertsGrain>(IFraudAlertsGrain.Key).Close(command).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs)));
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    private static string? Detector(QueryParameters query)
    {
        if (query.Text("detector") is not { } name)
            return null;
        if (name.Length is > 0 and <= MaxDetector && name.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '_'))
            return name;
        query.Errors.Add("detector", $"must be a detector's name: up to {MaxDetector} lower-case letters, digits and underscores.");
        return null;
    }

    private static AlertState? State(QueryParameters query)
    {
        if (query.Text("state") is not { } word)
            return null;
        foreach (var state in Enum.GetValues<AlertState>())
            if (state.Word() == word)
                return state;
        query.Errors.Add("state", "must be open or closed.");
        return null;
    }

    private static bool TryNumber(HttpContext context, out long number) => AlertList.TryParseId((string?)context.Request.RouteValues["id"], out number);

    private static Problem NoSuchAlert() => new(ProblemCode.NotFound, "There is no such alert.");

    private static IResult Result(AlertAnswer answer) => answer.Outcome switch
    {
        AlertOutcome.Recorded => new JsonResult<FraudAlert>(StatusCodes.Status200OK, answer.Alert!, AlertJson.Write) { Replayed = answer.Replayed },
        AlertOutcome.Unknown => NoSuchAlert(),
        AlertOutcome.Closed => Conflict(answer.Alert!),
        AlertOutcome.KeyReused => new Problem(ProblemCode.IdempotencyKeyReused),
        AlertOutcome.Overloaded => new Problem(ProblemCode.Overloaded),
        AlertOutcome.Failed => new Problem(ProblemCode.NotRecorded),
        AlertOutcome.ShuttingDown => new Problem(ProblemCode.ShuttingDown),
    };

    private static Problem Conflict(FraudAlert now) => now.ClosedBy is { } by
        ? new(ProblemCode.AlertClosed, $"The alert was closed by {by}: {now.Outcome!.Value.Word()}.") { Members = [new("actedBy", by), new("outcome", now.Outcome!.Value.Word())] }
        : new(ProblemCode.AlertClosed, $"The alert is of version {now.Version} now.");
}
