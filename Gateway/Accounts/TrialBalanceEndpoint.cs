using System.Text.Json;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Accounts;

/// <summary>
/// <c>GET /audit/trial-balance</c>: the sum of all accounts, a currency and shard. It is of no tenant: outside the sandbox, for
/// analysts and administrators.
/// </summary>
internal sealed class TrialBalanceEndpoint(ILedgerReader reader, IOptions<GatewayOptions> options)
{
    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        if (!options.Value.Sandbox && !caller.Role.Has(Right.Audit))
            return new Problem(ProblemCode.RoleNotAllowed);
        var query = new QueryParameters(context, "currency");
        Currency? only = null;
        if (query.Text("currency") is { } code)
        {
            if (Currency.TryParse(code, out var currency))
                only = currency;
            else
                query.Errors.Add("currency", "must be an ISO 4217 code such as USD.");
        }

        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var lines = (await reader.TrialBalance()).Where(line => only is null || line.Currency == only).ToList();
        return new ListPage<TrialBalanceLine>(lines, false, null).ToResult(Write);
    }

    private static void Write(Utf8JsonWriter json, TrialBalanceLine line)
    {
        json.WriteStartObject();
        json.WriteNumber("shard"u8, line.Shard);
        json.WriteString("currency"u8, line.Currency.Code);
        json.WriteNumber("accounts"u8, line.Accounts);
        json.WriteString("debitsPosted"u8, JsonForms.Decimal(line.DebitsPosted, line.Currency));
        json.WriteString("creditsPosted"u8, JsonForms.Decimal(line.CreditsPosted, line.Currency));
        json.WriteString("debitsPending"u8, JsonForms.Decimal(line.DebitsPending, line.Currency));
        json.WriteString("creditsPending"u8, JsonForms.Decimal(line.CreditsPending, line.Currency));
        json.WriteString("sum"u8, JsonForms.Decimal(line.CreditsPosted - line.DebitsPosted, line.Currency));
        json.WriteBoolean("balanced"u8, line.IsBalanced);
        json.WriteEndObject();
    }
}
