using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Metrics;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Payments;

/// <summary><c>POST /payments/{id}/return</c>: the creditor sends money of a settled payment back, as a payment of its own.</summary>
internal sealed class ReturnEndpoint(IGrains grains, PaymentViews views, GatewayInstruments instruments, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    private const int ReasonLength = 4;

    private readonly TimeSpan grainTimeout = TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs);

    public async Task<IResult> Submit(HttpContext context, Caller caller)
    {
        var started = instruments.Now();
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, "amount", "reason");
        if (body is null)
            return problem!;
        var id = (string?)context.Request.RouteValues["id"];
        if (await views.Find(id, caller) is not { } original)
            return new Problem(ProblemCode.NotFound, "There is no such payment.");
        var creditor = (await views.Parties(original)).Creditor;
        if (creditor.Tenant != caller.Tenant)
            return new Problem(ProblemCode.RoleNotAllowed, "Only the tenant of the creditor account may return a payment.");
        body.Require("reason");
        var reason = body.Text("reason", ReasonLength, TextKind.Identifier);
        if (reason is not null && !ReturnReasons.Has(reason))
            body.Refuse("reason", "must be a code of ISO 20022's external return reasons, such as \"CUST\".");
        var amount = body.Amount("amount", original.Currency, mayBeZero: false);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        if ((await views.Read(original, caller)).Status != PaymentStatus.Settled)
            return new Problem(ProblemCode.PaymentNotReturnable);
        var instruction = Instruction(caller, key, id!, original, amount, reason!);
        try
        {
            var answer = await grains.Get<IAccountGrain>(creditor.Id.Value).Return(instruction).WaitAsync(grainTimeout);
            instruments.Submitted(answer, started);
            return PaymentEndpoints.Result(answer, isReturn: true);
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    private ReturnInstruction Instruction(Caller caller, string key, string id, LogRow original, long? amount, string reason)
    {
        _ = PaymentId.TryParse(id, out var originalId);
        var hash = CanonicalHash.Start((byte)'R');
        hash.Add(1, id);
        hash.Add(2, amount ?? 0);
        hash.Add(3, reason);
        return new ReturnInstruction
        {
            Tenant = caller.Tenant,
            Original = originalId,
            AmountMinorUnits = amount,
            ReturnReason = reason,
            Key = IdempotencyKey.Of(caller.Tenant, key, $"/payments/{id}/return"),
            RequestHash = hash.End(hashKey),
        };
    }
}
