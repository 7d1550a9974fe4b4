using System.Globalization;
using Gateway.Accounts;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Payments;

/// <summary>
/// <c>GET /payments</c>, newest first: by reference from the index of that reference, by account along the account's chain, else
/// backwards through the time of the log. A request looks at a bounded number of rows, and answers a cursor where there may be more.
/// </summary>
internal sealed class PaymentList(ILedgerReader reader, LedgerShards shards, AccountDirectory directory, IRegistry registry, PaymentViews views, ReferenceHash references, IOptions<GatewayOptions> options)
{
    private const int PageRows = 256;

    /// <summary>The most payments that share one reference and are looked at.</summary>
    private const int MaxByReference = 1_000;

    /// <summary>An account's rows stand in the order of their commits: by time they are off by what clocks differ, and by how long a commit takes.</summary>
    private const long TimeSlackMs = 5 * 60_000;

    private static readonly ListPage<LogRow> Nothing = new([], false, null);

    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var (filter, errors) = PaymentFilter.Read(context, shards.Count);
        if (errors.Any)
            return errors.ToProblem();
        var page = await Find(filter, caller, errors);
        if (errors.Any)
            return errors.ToProblem();
        var payments = new List<(PaymentAnswer Payment, PaymentReturns Returns)>(page.Items.Count);
        foreach (var row in page.Items)
            payments.Add((await views.Read(row, caller), await views.Returns(row)));
        return new ListPage<(PaymentAnswer Payment, PaymentReturns Returns)>(payments, page.HasMore, page.Next)
            .ToResult(static (json, item) => PaymentJson.Write(json, item.Payment, item.Returns));
    }

    // A cursor that is another list's is told in the errors.
    private async ValueTask<ListPage<LogRow>> Find(PaymentFilter filter, Caller caller, FieldErrors errors)
    {
        var debtor = filter.Debtor is { } debtorId ? await directory.Find(debtorId) : null;
        var creditor = filter.Creditor is { } creditorId ? await directory.Find(creditorId) : null;
        var account = filter.Account is { } accountId ? await directory.Find(accountId) : null;
        if ((filter.Debtor is not null && debtor is null) || (filter.Creditor is not null && creditor is null) || (filter.Account is not null && account is null))
            return Nothing;
        async ValueTask<bool> IsAsked(LogRow row)
        {
            if (!filter.Matches(row))
                return false;
            var (debtorNumber, creditorNumber) = (row.Debtor, row.Creditor);
            if ((creditor ?? account) is not null && PaymentViews.IsOfTwoShards(row))
                creditorNumber = (await views.Parties(row)).Creditor.Number;
            return (debtor is null || debtorNumber == debtor.Number) && (creditor is null || creditorNumber == creditor.Number)
                && (account is null || debtorNumber == account.Number || creditorNumber == account.Number)
                && await views.Sees(caller, row) && (!filter.AsksForStatus(row) || filter.MatchesStatus((await views.Read(row, caller)).Status));
        }

        if (await ByReference(filter, caller) is { } referenced)
            return await OfReferenced(referenced, IsAsked, filter, errors);
        var chains = new[] { debtor, creditor, account }.OfType<AccountRecord>().ToArray();
        // A chain of the caller's own is not longer than it need be; another tenant's is walked only where there is no other.
        var chain = chains.FirstOrDefault(record => caller.Sees(record.Tenant)) ?? chains.FirstOrDefault();
        return chain is null ? await Scan(IsAsked, filter, errors) : await Walk(chain, IsAsked, filter, errors);
    }

    private async ValueTask<IEnumerable<LogRow>?> ByReference(PaymentFilter filter, Caller caller)
    {
        if (filter.IdempotencyKey is { } key)
            return await ByKey(key, caller);
        if (filter.Uetr is { } uetr)
        {
            var own = DerivedUetr.TryPayment(uetr, out var derived) ? await views.Find(derived.ToString(), caller) : null;
            var given = await Referenced(references.OfUetr(uetr), ReferenceHash.OfOlderUetr(uetr));
            return await Confirmed(own, given, payment => (payment.Uetr ?? DerivedUetr.Of(payment.Id)) == uetr, caller);
        }

        if (filter.EndToEndId is { } endToEndId)
        {
            var own = PaymentId.TryParse(endToEndId, out _) ? await views.Find(endToEndId, caller) : null;
            var given = await Referenced(references.OfEndToEndId(endToEndId), ReferenceHash.OfOlderEndToEndId(endToEndId));
            return await Confirmed(own, given, payment => (payment.Personal.EndToEndId ?? payment.Id.ToString()) == endToEndId, caller);
        }

        return null;
    }

    private async ValueTask<IReadOnlyList<LogRow>> Referenced(long hash, long older) =>
        [.. await reader.FindByReference(hash, MaxByReference), .. await reader.FindByReference(older, MaxByReference)];

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

    private static async ValueTask<ListPage<LogRow>> OfReferenced(IEnumerable<LogRow> rows, Func<LogRow, ValueTask<bool>> isAsked, PaymentFilter filter, FieldErrors errors)
    {
        var found = new List<LogRow>();
        var newestFirst = rows.OrderByDescending(static row => row.TimeMs).ThenByDescending(static row => row.Id).ToList();
        var last = filter.After is { } after ? newestFirst.FindIndex(row => row.Id.ToString(CultureInfo.InvariantCulture) == after) : -1;
        if (last < 0 && filter.After is not null)
            return Foreign(errors);
        foreach (var row in newestFirst.Skip(last + 1))
        {
            if (!await isAsked(row))
                continue;
            if (found.Count == filter.Limit)
                return new ListPage<LogRow>(found, true, found[^1].Id);
            found.Add(row);
        }

        return new ListPage<LogRow>(found, false, null);
    }

    // The log of every shard, backwards.
    private async ValueTask<ListPage<LogRow>> Scan(Func<LogRow, ValueTask<bool>> isAsked, PaymentFilter filter, FieldErrors errors)
    {
        var found = new List<LogRow>();
        var from = LogCursor.Start(shards.Count);
        if (filter.After is { } after && !LogCursor.TryParse(after, shards.Count, out from))
            return Foreign(errors);
        var toMs = await UpTo(from, filter.ToMs);
        var log = new NewestFirst<LogRow>(
            from, (shard, before) => shards.Writers[shard].Reader.RowsBefore(before, PageRows, filter.FromMs, toMs), static row => row.Id, static row => row.TimeMs);
        for (var scanned = 0; scanned < options.Value.MaxScannedRows; scanned++)
        {
            if (await log.Peek() is not { } row)
                return new ListPage<LogRow>(found, false, null);
            if (await isAsked(row))
            {
                if (found.Count == filter.Limit)
                    return new ListPage<LogRow>(found, true, log.Cursor.ToString());
                found.Add(row);
            }

            log.Take(row);
        }

        return new ListPage<LogRow>(found, true, log.Cursor.ToString());
    }

    // A shard of which no page had a row yet goes on where the others are: what was written meanwhile is of no later page.
    private async ValueTask<long> UpTo(LogCursor from, long toMs)
    {
        for (var shard = 0; shard < from.Shards; shard++)
            if (from[shard] != 0 && await shards.Writers[shard].Reader.FindRow(from[shard]) is { } row)
                toMs = Math.Min(toMs, row.TimeMs + 1);
        return toMs;
    }

    // One account's rows, backwards along its chain. What another shard's payment did here stands for that payment.
    private async ValueTask<ListPage<LogRow>> Walk(AccountRecord chain, Func<LogRow, ValueTask<bool>> isAsked, PaymentFilter filter, FieldErrors errors)
    {
        var found = new List<LogRow>();
        var from = LogCursor.At(0);
        if (filter.After is { } after && (!LogCursor.TryParse(after, 1, out from) || !await AccountChain.Has(reader, chain, from[0])))
            return Foreign(errors);
        var next = from[0];
        for (var scanned = 0; scanned < options.Value.MaxScannedRows;)
        {
            var rows = await reader.Activity(chain.Number, next, PageRows);
            // A row that waited long for its commit stands among later ones, and ends nothing by itself.
            if (rows.All(row => row.TimeMs < filter.FromMs - TimeSlackMs))
                return new ListPage<LogRow>(found, false, null);
            foreach (var row in rows)
            {
                var first = row.Type.IsOfTransfer() ? await views.First(row) : row;
                if (first is not null && await isAsked(first))
                {
                    if (found.Count == filter.Limit)
                        return new ListPage<LogRow>(found, true, row.Id);
                    found.Add(first);
                }

                next = row.Debtor == chain.Number ? row.DebtorPrevious : row.CreditorPrevious;
            }

            scanned += rows.Count;
            if (rows.Count < PageRows || next == 0)
                return new ListPage<LogRow>(found, false, null);
        }

        return new ListPage<LogRow>(found, true, next);
    }

    private static ListPage<LogRow> Foreign(FieldErrors errors)
    {
        errors.Add("after", QueryParameters.ForeignCursor);
        return Nothing;
    }

}
