using System.Text.Json;
using Grains.Interfaces.Checkout;
using Ledger;
using Ledger.Documents;

namespace Gateway.Checkout;

/// <summary><c>GET /v1/balance</c>: the merchant's accounts in the ledger, less what is not available yet.</summary>
internal sealed class BalanceEndpoint(CheckoutObjects objects, ILedgerReader reader, ProductClock clock)
{
    private const int MaxCurrencies = 200;

    public async Task<WireAnswer> Get(CheckoutCall call)
    {
        if (call.Parameters.End() is { } refusal)
            return refusal;
        var available = new List<BalanceAmount>();
        var pending = new List<BalanceAmount>();
        if (await objects.Owner(call.Caller) is { } owner)
        {
            var maturing = await Maturing(owner);
            var prefix = owner.Id.Value + ":balance";
            foreach (var account in await reader.ListAccounts(owner.Tenant, 0, MaxCurrencies, newestFirst: false))
            {
                if (!account.Id.Value.StartsWith(prefix, StringComparison.Ordinal))
                    continue;
                var currency = account.Currency.Code.ToLowerInvariant();
                var later = maturing.GetValueOrDefault(currency);
                available.Add(new BalanceAmount(WireCurrency.ToWire(account.Counters.Posted, account.Currency) - later, currency));
                pending.Add(new BalanceAmount(later, currency));
            }
        }

        if (available.Count == 0)
        {
            available.Add(new BalanceAmount(0, "usd"));
            pending.Add(new BalanceAmount(0, "usd"));
        }

        return new WireAnswer(200, JsonSerializer.SerializeToUtf8Bytes(new MerchantBalance(available, pending), CheckoutJson.Default.MerchantBalance));
    }

    private async Task<Dictionary<string, long>> Maturing(AccountRecord owner)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var sums = new Dictionary<string, long>();
        foreach (var document in await objects.List(new DocumentQuery(owner.Number, (byte)DocumentKind.Maturing, "maturing", 0, 0, MaxCurrencies)))
        {
            var maturing = JsonSerializer.Deserialize(document.State.Public.Span, StoredJson.Default.Maturing)!;
            var later = maturing.NetByAvailableOn.Where(sum => sum.Key > now).Sum(static sum => sum.Value);
            sums[maturing.Currency] = checked(sums.GetValueOrDefault(maturing.Currency) + later);
        }

        return sums;
    }
}
