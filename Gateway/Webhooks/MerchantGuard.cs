using Gateway.Keys;
using Gateway.Problems;
using Ledger;
using Microsoft.AspNetCore.Http;

namespace Gateway.Webhooks;

/// <summary>Paths that only a merchant's secret key has anything behind.</summary>
internal static class MerchantGuard
{
    private static readonly Problem NotAMerchant = new(ProblemCode.RoleNotAllowed, "Endpoints and deliveries belong to merchants: use a merchant's secret key.");

    public static RequestDelegate For(ApiKeys keys, Func<HttpContext, Caller, Task<IResult>> handler) =>
        Guard.For(keys, Right.Read, (context, caller) => caller.Role == ApiKeyRole.Merchant ? handler(context, caller) : Task.FromResult<IResult>(NotAMerchant));
}
