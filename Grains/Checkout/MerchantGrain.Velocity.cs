using Grains.Interfaces.Checkout;
using Ledger.Documents;

namespace Grains.Checkout;

/// <summary>What was charged lately is read back from the charges.</summary>
public sealed partial class MerchantGrain
{
    private const int ChargePage = 200;

    private async Task ReadVelocity()
    {
        if (book.Velocity is not { } velocity)
            return;
        velocity.Forget();
        var since = NowMs - CardVelocity.LongestMs;
        var query = new DocumentQuery(book.Owner, (byte)DocumentKind.Charge, null, 0, 0, ChargePage);
        while (true)
        {
            var page = await services.Documents.List(query);
            foreach (var document in page)
            {
                var read = CheckoutDocument.Read(document.State);
                var (charge, record) = ((Charge)read.Public, (ChargeRecord)read.Private!);
                if (charge.Created * 1_000 < since)
                    return;
                if (!record.IsOurs)
                    velocity.Add(Charging.Of(charge, record));
            }

            if (page.Count < ChargePage)
                return;
            query = query with { Before = page[^1].State.Number };
        }
    }
}
