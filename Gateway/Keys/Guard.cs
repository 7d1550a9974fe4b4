using Gateway.Problems;
using Microsoft.AspNetCore.Http;

namespace Gateway.Keys;

/// <summary>Puts the check of the key before a handler.</summary>
internal static class Guard
{
    private static readonly Problem Unauthenticated = new(ProblemCode.Unauthenticated);

    public static RequestDelegate For(ApiKeys keys, Right right, Func<HttpContext, Caller, Task<IResult>> handler) =>
        async context =>
        {
            var caller = keys.Find(context);
            IResult result = caller is null
                ? Unauthenticated
                : !caller.Role.Has(right)
                    ? new Problem(ProblemCode.RoleNotAllowed, $"A key of the role '{RoleName(caller)}' may not do this.")
                    : await handler(context, caller);
            await result.ExecuteAsync(context);
        };

    private static string RoleName(Caller caller) => caller.Role switch
    {
        Ledger.ApiKeyRole.Bank => "bank",
        Ledger.ApiKeyRole.Merchant => "merchant",
        Ledger.ApiKeyRole.MerchantPublishable => "merchant, publishable",
        Ledger.ApiKeyRole.Analyst => "analyst",
        Ledger.ApiKeyRole.Administrator => "administrator",
    };
}
