using Grains.Interfaces.Checkout;
using Ledger.Documents;

namespace Grains.Checkout;

/// <summary>What was charged and checked lately is read back from the charges and the setup intents.</summary>
public sealed partial class MerchantGrain
{
    private const int Page = 200;

    private async Task ReadVelocity()
    {
        if (book.Velocity is not { } velocity)
            return;
        var since = NowMs - CardVelocity.LongestMs;
        var lately = new List<Charging>();
        await ReadSince(DocumentKind.Charge, document =>
        {
            var (charge, record) = ((Charge)document.Public, (ChargeRecord)document.Private!);
            if (!record.IsOurs)
                lately.Add(Charging.Of(charge, record));
            return charge.Created * 1_000 >= since;
        });
        // One that is checked again a day after it was made is not found: setup intents are not kept that long.
        await ReadSince(DocumentKind.SetupIntent, document =>
        {
            var (setup, record) = ((SetupIntent)document.Public, (SetupRecord)document.Private!);
            lately.AddRange(record.Checks.Select(check => Charging.Of(check, setup.Customer)));
            return setup.Created * 1_000 >= since;
        });
        velocity.Forget();
        foreach (var charging in lately.Where(charging => charging.TimeMs >= since))
            velocity.Add(charging);
    }

    /// <summary>The newest documents of a kind, until there are no more or one is too old.</summary>
    private async Task ReadSince(DocumentKind kind, Func<CheckoutDocument, bool> isYoung)
    {
        var query = new DocumentQuery(book.Owner, (byte)kind, null, 0, 0, Page);
        while (true)
        {
            var page = await services.Documents.List(query);
            if (!page.All(document => isYoung(CheckoutDocument.Read(document.State))) || page.Count < Page)
                return;
            query = query with { Before = page[^1].State.Number };
        }
    }
}
