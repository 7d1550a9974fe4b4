using System.Text.Json;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Fraud.Backtest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Gateway.Fraud;

/// <summary>
/// Replays of recorded decisions, for analysts: <c>/fraud/backtests</c>. They run behind the payments of the process that was asked, which
/// alone knows them and their results, and forgets them as it ends.
/// </summary>
internal sealed class BacktestEndpoints(ApiKeys keys, IBacktests backtests, IHostApplicationLifetime lifetime, TimeProvider timeProvider)
{
    private const int BodyLimit = 65_536;
    private const int TimeText = 40;

    public void Map(IEndpointRouteBuilder fraud)
    {
        fraud.MapPost("/backtests", Guard.For(keys, Right.Analyse, Start));
        fraud.MapGet("/backtests/{id}", Guard.For(keys, Right.Analyse, Get));
        fraud.MapGet("/backtests/{id}/stream", Guard.For(keys, Right.Analyse, Follow));
        fraud.MapDelete("/backtests/{id}", Guard.For(keys, Right.Analyse, Cancel));
    }

    private async Task<IResult> Start(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var (body, problem) = await BodyObject.Read(context, BodyLimit, mayBeEmpty: true, "from", "to", "newest", "rules");
        if (body is null)
            return problem!;
        var range = new BacktestRange(Time(body, "from"), Time(body, "to"), body.Number("newest", 1, long.MaxValue));
        if (range.From >= range.To)
            body.Refuse("to", "must be later than from.");
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var started = backtests.Start(caller.Label, range, body.Json("rules"));
        foreach (var error in started.Errors)
            body.Refuse(error.Path == "rules" ? "rules" : "rules." + error.Path, error.Message);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        if (started.Started is not { } state)
            return new Problem(ProblemCode.BacktestsRunning);
        return Answer(StatusCodes.Status202Accepted, state, "/fraud/backtests/" + state.Id);
    }

    private Task<IResult> Get(HttpContext context, Caller caller) =>
        Task.FromResult<IResult>(backtests.Find(Id(context)) is { } state ? Answer(StatusCodes.Status200OK, state) : NoSuchBacktest());

    private Task<IResult> Follow(HttpContext context, Caller caller) =>
        Task.FromResult<IResult>(backtests.Find(Id(context)) is { } state ? new BacktestStream(backtests, state.Id, timeProvider, lifetime.ApplicationStopping) : NoSuchBacktest());

    private Task<IResult> Cancel(HttpContext context, Caller caller) =>
        Task.FromResult<IResult>(backtests.Find(Id(context)) is { } state && backtests.Cancel(state.Id) ? Answer(StatusCodes.Status200OK, state) : NoSuchBacktest());

    private static string Id(HttpContext context) => (string?)context.Request.RouteValues["id"] ?? "";

    private static Problem NoSuchBacktest() => new(ProblemCode.NotFound, "There is no such backtest, or no more: results are kept in memory only.");

    private static DateTimeOffset? Time(BodyObject body, string name)
    {
        if (body.Text(name, TimeText, TextKind.Identifier) is not { } text)
            return null;
        if (JsonForms.TryReadTime(text, out var time))
            return time;
        body.Refuse(name, "must be an RFC 3339 time with its offset, such as 2026-11-21T14:03:07.123Z.");
        return null;
    }

    private static JsonResult<BacktestState> Answer(int status, BacktestState state, string? location = null) =>
        new(status, state, static (json, value) => JsonSerializer.Serialize(json, value, BacktestJson.Default.BacktestState)) { Location = location };
}
