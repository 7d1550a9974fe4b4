using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Microsoft.AspNetCore.Http;

namespace Gateway.Payments;

/// <summary><c>GET /payments/{id}</c>.</summary>
internal sealed class PaymentEndpoint(PaymentViews views)
{
    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "wait");
        var wait = query.Seconds("wait", PaymentEndpoints.MaxWaitSeconds);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (await views.Find((string?)context.Request.RouteValues["id"], caller) is not { } row)
            return new Problem(ProblemCode.NotFound, "There is no such payment.");
        if (wait > TimeSpan.Zero)
            await views.WaitForEnd(row, wait, context.RequestAborted);
        var payment = await views.Read(row, caller);
        var returns = await views.Returns(row);
        return new JsonResult<(PaymentAnswer Payment, PaymentReturns Returns)>(
            StatusCodes.Status200OK, (payment, returns), static (json, state) => PaymentJson.Write(json, state.Payment, state.Returns));
    }
}
