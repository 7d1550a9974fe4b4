using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;

namespace Grains.Checkout;

/// <summary>What the grain reads: its merchant's account, and documents as decisions need them.</summary>
public sealed partial class MerchantGrain
{
    /// <summary>How far below zero a merchant's balance may go: refunds and disputes come when they come.</summary>
    private const long BalanceFloor = -Money.MaxPaymentMinorUnits;

    private const int MaxEndpoints = 100;

    private DataKey DataKey => dataKey ?? throw new InvalidOperationException("The merchant has no account yet.");

    /// <summary>Reads the committed state anew; only while none of the grain's entries is in flight.</summary>
    private async Task Reload()
    {
        book.Forget();
        var account = await services.Writer.Reader.FindAccount(AccountId.Parse(book.Merchant));
        if (account is not null)
        {
            (book.Owner, book.Version, book.EventVersion) = (account.Number, account.Version, account.EventVersion);
            owner = account;
            dataKey ??= services.MasterKey.Unwrap(account.WrappedDataKey!);
            await ReadStanding();
            // A copy: who reads for a decision meanwhile may come to know another one.
            foreach (var currency in book.Currencies.ToArray())
                book.SetPosted(currency, (await ReadBalance(currency)).Counters.Posted);
            await ReadVelocity();
            await ReadAttempts();
        }

        lane.StartGeneration();
    }

    // The few documents that any decision may need.
    private async Task ReadStanding()
    {
        book.Endpoints.Clear();
        foreach (var endpoint in await services.Documents.List(new DocumentQuery(book.Owner, (byte)DocumentKind.WebhookEndpoint, null, 0, 0, MaxEndpoints)))
        {
            var document = CheckoutDocument.Read(endpoint.State);
            if (document.Private is not EndpointRecord { Deleted: false })
                continue;
            book.Endpoints.Add(document.Number);
            book.Learn(document.Number, document);
        }

        book.Maturing.Clear();
        foreach (var maturing in await services.Documents.List(new DocumentQuery(book.Owner, (byte)DocumentKind.Maturing, DocumentLinks.Maturing, 0, 0, 1_000)))
        {
            var document = CheckoutDocument.Read(maturing.State);
            book.Maturing[((Maturing)document.Public).Currency] = document.Number;
            book.Learn(document.Number, document);
        }
    }

    private async Task Read(NotReadYetException missing, long tenant)
    {
        if (missing.ChargeOfRefunds is { } charge)
        {
            await ReadRefunds(charge);
            return;
        }

        if (missing.Document == 0)
        {
            await OpenBalance(missing.Currency, tenant);
            return;
        }

        await ReadDocument(missing.Document);
    }

    private async Task ReadDocument(long number)
    {
        var epoch = book.Epoch;
        book.BeginRead(number);
        try
        {
            var row = await services.Index.FindDocument(number);
            CheckoutDocument? document = null;
            if (row is not null && row.Debtor == book.Owner && (await services.Documents.Open(row)).LastOrDefault(state => state.Number == number) is { } state)
                document = CheckoutDocument.Read(state);
            // What was forgotten meanwhile may be what this was read before: then it is read once more.
            if (epoch == book.Epoch)
                book.Learn(number, document);
        }
        finally
        {
            book.EndRead(number);
        }
    }

    // As many as a charge shows, and one more, which says that there are more.
    private async Task ReadRefunds(string charge)
    {
        var epoch = book.Epoch;
        book.BeginReadRefunds();
        try
        {
            var found = await services.Documents.List(new DocumentQuery(book.Owner, (byte)DocumentKind.Refund, "charge:" + charge, 0, 0, RefundList.MaxShown + 1));
            if (epoch != book.Epoch)
                return;
            foreach (var refund in found)
                book.Learn(refund.State.Number, CheckoutDocument.Read(refund.State));
            book.LearnRefunds(charge, [.. found.Select(static refund => refund.State.Number)]);
        }
        finally
        {
            book.EndReadRefunds();
        }
    }

    private async Task OpenOwner(long tenant)
    {
        await Open(book.Merchant, Currency.Usd, 0, tenant);
        if (book.Owner == 0)
            await Reload();
    }

    // Ids are whoever's comes first: an account of this name may be somebody else's.
    private static void RefuseForeign(AccountRecord account, Currency currency, long tenant)
    {
        if (account.Tenant != tenant || account.Currency != currency)
            throw new ForeignAccountException($"Account {account.Id} is not the merchant's own in {currency.Code}: it is of tenant {account.Tenant}, in {account.Currency.Code}.");
    }

    private async Task OpenBalance(Currency currency, long tenant)
    {
        var name = BalanceName(currency);
        if (!AccountId.TryParse(name, out var id))
            throw new ForeignAccountException($"Merchant {book.Merchant} has too long a name: '{name}' is no account id.");
        if (await services.Writer.Directory.Find(id) is not { } account)
        {
            await Open(id.Value, currency, BalanceFloor, tenant);
            account = await services.Writer.Directory.Find(id) ?? throw new InvalidDataException($"Account {id} was opened, but is not there.");
        }

        RefuseForeign(account, currency, tenant);
        var committed = await ReadBalance(currency);
        book.SetBalance(currency, committed.Number, committed.Counters.Posted);
    }

    private string BalanceName(Currency currency) => MerchantBook.BalanceName(book.Merchant, currency);

    private async Task<AccountRecord> ReadBalance(Currency currency) =>
        await services.Writer.Reader.FindAccount(AccountId.Parse(BalanceName(currency))) ?? throw new InvalidDataException($"Account {BalanceName(currency)} is gone.");

    // Money that came from elsewhere: it is no merchant's entry, so the book has not heard of it.
    private async Task Refresh(Currency currency)
    {
        if (unheard > 0 || book.Balance(currency) == 0)
            return;
        var version = book.Version;
        var committed = await ReadBalance(currency);
        if (unheard == 0 && book.Version == version)
            book.SetPosted(currency, committed.Counters.Posted);
    }

    private async Task Open(string id, Currency currency, long floor, long tenant)
    {
        var origin = new CommandOrigin(tenant, IdempotencyKey.Of(tenant, "merchant account", "open:" + id), (UInt128)(ulong)currency.Number);
        var answer = await services.Grains.Get<IAccountGrain>(id).Open(new OpenAccount(origin, tenant, currency, floor, AccountLimits.None, null));
        if (answer.Outcome is not (AccountOutcome.Recorded or AccountOutcome.Exists))
            throw new LedgerStoreException($"Account {id} could not be opened: {answer.Outcome}.") { IsTransient = true };
    }
}
