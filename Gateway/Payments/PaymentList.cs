using Gateway.Keys;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Payments;

/// <summary>
/// <c>GET /payments</c>, newest first: by reference from the index of that reference, by account along the account's chain, else
/// backwards through the log. A request looks at a bounded number of rows, and answers a cursor where there may be more.
/// </summary>
internal sealed class PaymentList(ILedgerReader reader, AccountDirectory directory, IRegistry registry, PaymentViews views, IOptions<GatewayOptions> options)
{
    private const int PageRows = 256;

    /// <summary>The most payments that share one reference and are looked at.</summary>
    private const int MaxByReference = 1_000;

    /// <summary>Rows stand in order of id; by time they may be off by as long as a decision takes to commit.</summary>
    private const long TimeSlackMs = 60_000;

    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var (filter, errors) = PaymentFilter.Read(context);
        if (errors.Any)
            return errors.ToProblem();
        var page = await Find(filter, caller);
        var payments = new List<(PaymentAnswer Payment, PaymentReturns Returns)>(page.Items.Count);
        foreach (var row in page.Items)
            payments.Add((await views.Read(row, caller), await views.Returns(row)));
        return new ListPage<(PaymentAnswer Payment, PaymentReturns Returns)>(payments, page.HasMore, page.Next)
            .ToResult(static (json, item) => PaymentJson.Write(json, item.Payment, item.Returns));
    }

    private async ValueTask<ListPage<LogRow>> Find(PaymentFilter filter, Caller caller)
    {
        var debtor = filter.Debtor is { } debtorId ? await directory.Find(debtorId) : null;
        var creditor = filter.Creditor is { } creditorId ? await directory.Find(creditorId) : null;
        var account = filter.Account is { } accountId ? await directory.Find(accountId) : null;
        if ((filter.Debtor is not null && debtor is null) || (filter.Creditor is not null && creditor is null) || (filter.Account is not null && account is null))
            return new ListPage<LogRow>([], false, null);
        bool IsOfAccounts(LogRow row) =>
            (debtor is null || row.Debtor == debtor.Number) && (creditor is null || row.Creditor == creditor.Number)
            && (account is null || row.Debtor == account.Number || row.Creditor == account.Number);
        if (await ByReference(filter, caller) is { } referenced)
            return await OfReferenced(referenced.Where(row => filter.Matches(row) && IsOfAccounts(row)), filter, caller);
        var chains = new[] { debtor, creditor, account }.OfType<AccountRecord>().ToArray();
        // A chain of the caller's own is not longer than it need be; another tenant's is walked only where there is no other.
        var chain = chains.FirstOrDefault(record => caller.Sees(record.Tenant)) ?? chains.FirstOrDefault();
        return await Scan(chain, IsOfAccounts, filter, caller);
    }

    private async ValueTask<IEnumerable<LogRow>?> ByReference(PaymentFilter filter, Caller caller)
    {
        if (filter.IdempotencyKey is { } key)
            return await ByKey(key, caller);
        if (filter.Uetr is { } uetr)
        {
            var own = DerivedUetr.TryPayment(uetr, out var derived) ? await views.Find(derived.ToString(), caller) : null;
            var given = await reader.FindByReference(ReferenceHash.OfUetr(uetr), MaxByReference);
            return await Confirmed(own, given, payment => (payment.Uetr ?? DerivedUetr.Of(payment.Id)) == uetr, caller);
        }

        if (filter.EndToEndId is { } endToEndId)
        {
            var own = PaymentId.TryParse(endToEndId, out _) ? await views.Find(endToEndId, caller) : null;
            var given = await reader.FindByReference(ReferenceHash.OfEndToEndId(endToEndId), MaxByReference);
            return await Confirmed(own, given, payment => (payment.Personal.EndToEndId ?? payment.Id.ToString()) == endToEndId, caller);
        }

        return null;
    }

    // A key is its tenant's own secret name for a request: another tenant's payment is not found by it.
    private async ValueTask<IEnumerable<LogRow>> ByKey(string key, Caller caller)
    {
        var tenants = caller.SeesAll ? registry.ListKeys().Select(static known => known.Tenant).Distinct() : [caller.Tenant];
        var rows = new List<LogRow>();
        foreach (var tenant in tenants)
        {
            var (first, last) = IdempotencyKey.RangeOf(tenant, key);
            rows.AddRange(await reader.FindByKeys(first, last, MaxByReference));
        }

        return rows;
    }

    // 64 bits of hash may be shared by two references; the payment itself says which one it has.
    private async ValueTask<IEnumerable<LogRow>> Confirmed(LogRow? own, IReadOnlyList<LogRow> given, Func<PaymentAnswer, bool> has, Caller caller)
    {
        var rows = new List<LogRow>();
        foreach (var row in own is null ? given : given.Prepend(own))
            if (PaymentViews.IsPayment(row) && await views.Sees(caller, row) && has(await views.Read(row, caller)))
                rows.Add(row);
        return rows.DistinctBy(static row => row.Id);
    }

    private async ValueTask<ListPage<LogRow>> OfReferenced(IEnumerable<LogRow> rows, PaymentFilter filter, Caller caller)
    {
        var found = new List<LogRow>();
        foreach (var row in rows.Where(row => filter.After is not { } after || row.Id < after).OrderByDescending(static row => row.Id))
        {
            if (!await views.Sees(caller, row))
                continue;
            if (found.Count == filter.Limit)
                return new ListPage<LogRow>(found, true, found[^1].Id);
            found.Add(row);
        }

        return new ListPage<LogRow>(found, false, null);
    }

    private async ValueTask<ListPage<LogRow>> Scan(AccountRecord? chain, Func<LogRow, bool> isOfAccounts, PaymentFilter filter, Caller caller)
    {
        var found = new List<LogRow>();
        var next = filter.After ?? (chain is null ? await FirstBefore(filter.ToMs) : 0);
        for (var scanned = 0; scanned < options.Value.MaxScannedRows;)
        {
            var rows = chain is null ? await reader.RowsBefore(next, PageRows) : await reader.Activity(chain.Number, next, PageRows);
            foreach (var row in rows)
            {
                if (row.TimeMs < filter.FromMs - TimeSlackMs)
                    return new ListPage<LogRow>(found, false, null);
                if (filter.Matches(row) && isOfAccounts(row) && await views.Sees(caller, row))
                {
                    if (found.Count == filter.Limit)
                        return new ListPage<LogRow>(found, true, chain is null ? row.Id + 1 : row.Id);
                    found.Add(row);
                }

                next = chain is null ? row.Id : row.Debtor == chain.Number ? row.DebtorPrevious : row.CreditorPrevious;
            }

            scanned += rows.Count;
            if (rows.Count < PageRows || next == 0)
                return new ListPage<LogRow>(found, false, null);
        }

        return new ListPage<LogRow>(found, true, next);
    }

    // Rows stand in order of time, but for the slack: where a moment long ago is asked for, halving finds it without walking there.
    private async ValueTask<long> FirstBefore(long toMs)
    {
        if (toMs == long.MaxValue || await reader.RowsBefore(0, 1) is not [var newest])
            return 0;
        var (low, high) = (0L, newest.Id + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (await reader.RowsBefore(middle + 1, 1) is not [var row] || row.TimeMs < toMs + TimeSlackMs)
                low = middle + 1;
            else
                high = row.Id;
        }

        // Zero would mean the newest: nothing stands before the first row.
        return Math.Max(low, 1);
    }
}
