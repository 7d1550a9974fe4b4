using Gateway.Accounts;
using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Gateway.Sandbox;

/// <summary>Money from nowhere, time that moves, and faults: for any sandbox key, and nowhere else than in the sandbox.</summary>
internal sealed class SandboxEndpoints(ApiKeys keys, IGrains grains, ILedgerReader reader, ProductClock clock, LedgerFaults faults, AcquirerFaults acquirerFaults, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    /// <summary>Ten years: enough for any window, and far from the end of time.</summary>
    private const long MaxAdvanceSeconds = 10L * 366 * 24 * 3600;

    private const int MaxDelayMs = 60_000;

    public void Map(IEndpointRouteBuilder routes)
    {
        if (!options.Value.Sandbox)
            return;
        var group = routes.MapGroup("/sandbox");
        group.MapPost("/accounts/{id}/fund", Guard.For(keys, Right.Sandbox, Fund));
        group.MapPost("/clock/advance", Guard.For(keys, Right.Sandbox, Advance));
        group.MapPost("/faults", Guard.For(keys, Right.Sandbox, SetFault));
        group.MapDelete("/faults", Guard.For(keys, Right.Sandbox, ClearFaults));
    }

    private async Task<IResult> Fund(HttpContext context, Caller caller)
    {
        if (IdempotencyHeader.Read(context, makeMissing: true, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "amount");
        if (body is null)
            return problem!;
        if (!AccountId.TryParse((string?)context.Request.RouteValues["id"], out var id) || id.IsSystem || await reader.FindAccount(id) is not { } account)
            return new Problem(ProblemCode.NotFound, "There is no such account.");
        body.Require("amount");
        var amount = body.Amount("amount", account.Currency, mayBeZero: false);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var hash = CanonicalHash.Start((byte)'F');
        hash.Add(1, amount!.Value);
        var origin = new CommandOrigin(caller.Tenant, IdempotencyKey.Of(caller.Tenant, key, $"/sandbox/accounts/{id}/fund"), hash.End(hashKey));
        try
        {
            var answer = await grains.Get<IAccountGrain>(id.Value).Fund(new FundAccount(origin, amount.Value)).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs));
            return AccountAnswers.Result(answer, StatusCodes.Status200OK);
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    private async Task<IResult> Advance(HttpContext context, Caller caller)
    {
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "seconds");
        if (body is null)
            return problem!;
        body.Require("seconds");
        var seconds = body.Number("seconds", 1, MaxAdvanceSeconds);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        clock.Advance(TimeSpan.FromSeconds(seconds!.Value));
        return new JsonResult<DateTimeOffset>(StatusCodes.Status200OK, clock.GetUtcNow(), static (json, now) =>
        {
            json.WriteStartObject();
            json.WriteTime("now"u8, now);
            json.WriteEndObject();
        });
    }

    private async Task<IResult> SetFault(HttpContext context, Caller caller)
    {
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "ledger", "acquirer", "milliseconds", "rate");
        if (body is null)
            return problem!;
        if (body.Text("acquirer", 20, TextKind.Identifier) is { } acquirer)
            return SetAcquirerFault(body, acquirer);
        body.Require("ledger");
        if (body.Text("ledger", 20, TextKind.Identifier) is { } kind && kind != "delay")
            body.Refuse("ledger", "must be \"delay\".");
        body.Require("milliseconds");
        var delay = body.Number("milliseconds", 1, MaxDelayMs);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        faults.CommitDelay = TimeSpan.FromMilliseconds(delay!.Value);
        return Faults();
    }

    private IResult SetAcquirerFault(BodyObject body, string kind)
    {
        if (body.Has("ledger"))
        {
            body.Refuse("acquirer", "is set by a request of its own.");
            return body.Errors.ToProblem();
        }

        if (kind is not ("timeout" or "delay"))
            body.Refuse("acquirer", "must be \"timeout\" or \"delay\".");
        body.Require(kind == "delay" ? "milliseconds" : "rate");
        var (rate, delay) = (body.PerThousand("rate"), body.Number("milliseconds", 1, MaxDelayMs));
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        if (kind == "timeout")
            acquirerFaults.SilentPerThousand = rate!.Value;
        else
            acquirerFaults.DelayMs = (int)delay!.Value;
        return Faults();
    }

    private Task<IResult> ClearFaults(HttpContext context, Caller caller)
    {
        faults.CommitDelay = null;
        (acquirerFaults.SilentPerThousand, acquirerFaults.DelayMs) = (0, 0);
        return Task.FromResult(Faults());
    }

    private IResult Faults() => new JsonResult<(TimeSpan? Commit, int Silent, int DelayMs)>(StatusCodes.Status200OK, (faults.CommitDelay, acquirerFaults.SilentPerThousand, acquirerFaults.DelayMs), static (json, set) =>
    {
        json.WriteStartObject();
        json.WriteStartArray("faults"u8);
        if (set.Commit is { } commitDelay)
            Write(json, "ledger"u8, "delay"u8, (long)commitDelay.TotalMilliseconds, null);
        if (set.Silent > 0)
            Write(json, "acquirer"u8, "timeout"u8, null, set.Silent / 1000m);
        if (set.DelayMs > 0)
            Write(json, "acquirer"u8, "delay"u8, set.DelayMs, null);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(System.Text.Json.Utf8JsonWriter json, ReadOnlySpan<byte> what, ReadOnlySpan<byte> kind, long? milliseconds, decimal? rate)
    {
        json.WriteStartObject();
        json.WriteString(what, kind);
        if (milliseconds is { } time)
            json.WriteNumber("milliseconds"u8, time);
        if (rate is { } share)
            json.WriteNumber("rate"u8, share);
        json.WriteEndObject();
    }
}
