using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Accounts;

/// <summary>Freezing, unfreezing, closing, and limits.</summary>
internal sealed class AccountChanges(IGrains grains, AccountViews views, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    private const int MaxReason = 140;

    public async Task<IResult> ChangeStatus(HttpContext context, Caller caller, StatusChange change)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: true, "reason");
        if (body is null)
            return problem!;
        if (await views.Find((string?)context.Request.RouteValues["id"], caller) is not { } account)
            return NoSuchAccount();
        var reason = body.Text("reason", MaxReason, TextKind.Free);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var hash = CanonicalHash.Start((byte)'S');
        hash.Add(1, (byte)change);
        hash.Add(2, reason);
        var origin = Origin(caller, key, $"/accounts/{account.Id}/{Name(change)}", hash.End(hashKey));
        return await Answer(grains.Get<IAccountGrain>(account.Id.Value).ChangeStatus(new ChangeStatus(origin, change, reason)));
    }

    public async Task<IResult> ChangeLimits(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        // A PUT says how it is to be in the end, and may be sent twice without a key.
        if (IdempotencyHeader.Read(context, makeMissing: true, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, LimitsJson.Fields);
        if (body is null)
            return problem!;
        if (await views.Find((string?)context.Request.RouteValues["id"], caller) is not { } account)
            return NoSuchAccount();
        var limits = LimitsJson.Read(body, account.Currency);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        var hash = CanonicalHash.Start((byte)'L');
        LimitsJson.AddTo(ref hash, limits);
        var origin = Origin(caller, key, $"/accounts/{account.Id}/limits", hash.End(hashKey));
        return await Answer(grains.Get<IAccountGrain>(account.Id.Value).ChangeLimits(new ChangeLimits(origin, limits)));
    }

    private async Task<IResult> Answer(Task<AccountAnswer> call)
    {
        try
        {
            return AccountAnswers.Result(await call.WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs)), StatusCodes.Status200OK);
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    private static CommandOrigin Origin(Caller caller, string key, string path, UInt128 hash) =>
        new(caller.Tenant, IdempotencyKey.Of(caller.Tenant, key, path), hash);

    private static Problem NoSuchAccount() => new(ProblemCode.NotFound, "There is no such account.");

    private static string Name(StatusChange change) => change switch
    {
        StatusChange.Freeze => "freeze",
        StatusChange.Unfreeze => "unfreeze",
        StatusChange.Close => "close",
    };
}
