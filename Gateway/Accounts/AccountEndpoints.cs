using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Archive;
using Ledger.Shards;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Accounts;

/// <summary>Reading accounts; what changes them is in <see cref="AccountChanges"/>.</summary>
internal sealed class AccountEndpoints(
    ApiKeys keys, ILedgerReader reader, LedgerShards shards, AccountViews views, AccountChanges changes, AccountEntries entries, OpenAccountEndpoint open, TrialBalanceEndpoint trialBalance, IGrains grains)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/accounts");
        group.MapPost("", Guard.For(keys, Right.Pay, open.Open));
        group.MapGet("", Guard.For(keys, Right.Read, List));
        group.MapGet("/{id}", Guard.For(keys, Right.Read, Get));
        group.MapGet("/{id}/entries", Guard.For(keys, Right.Read, entries.List));
        group.MapGet("/{id}/balance", Guard.For(keys, Right.Read, Balance));
        group.MapPost("/{id}/freeze", Guard.For(keys, Right.Pay, (context, caller) => changes.ChangeStatus(context, caller, StatusChange.Freeze)));
        group.MapPost("/{id}/unfreeze", Guard.For(keys, Right.Pay, (context, caller) => changes.ChangeStatus(context, caller, StatusChange.Unfreeze)));
        group.MapPost("/{id}/close", Guard.For(keys, Right.Pay, (context, caller) => changes.ChangeStatus(context, caller, StatusChange.Close)));
        group.MapPut("/{id}/limits", Guard.For(keys, Right.Pay, changes.ChangeLimits));
        routes.MapGroup("/audit").MapGet("/trial-balance", Guard.For(keys, Right.Read, trialBalance.Get));
    }

    private async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "limit", "after");
        var (limit, after) = (query.Limit(), query.Cursor(shards.Count));
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var all = new NewestFirst<AccountRecord>(
            after ?? LogCursor.Start(shards.Count), (shard, before) => Newest(shard, caller, before, limit + 1),
            static account => account.Number, static account => account.OpenedAtMs);
        var page = new List<AccountSnapshot>();
        while (page.Count < limit && await all.Peek() is { } account)
        {
            page.Add(views.Snapshot(account));
            all.Take(account);
        }

        var more = await all.Peek() is not null;
        return new ListPage<AccountSnapshot>(page, more, more ? all.Cursor.ToString() : null).ToResult(AccountJson.Write);
    }

    // Every shard has system accounts: those of the first stand for all.
    private async ValueTask<IReadOnlyList<AccountRecord>> Newest(int shard, Caller caller, long before, int limit)
    {
        var accounts = await shards.Writers[shard].Reader.ListAccounts(caller.Scope, before, limit, newestFirst: true);
        return shard == 0 ? accounts : [.. accounts.Where(static account => !SystemAccountNumbers.IsSystem(account.Number))];
    }

    private async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (await views.Find((string?)context.Request.RouteValues["id"], caller) is not { } record)
            return new Problem(ProblemCode.NotFound, "There is no such account.");
        var use = record.Limits.HasWindows ? await grains.Get<IAccountGrain>(record.Id.Value).LimitsUse() : null;
        return new JsonResult<(AccountSnapshot Account, LimitsUse? Use)>(
            StatusCodes.Status200OK, (views.Snapshot(record), use), static (json, state) => AccountJson.Write(json, state.Account, state.Use));
    }

    private async Task<IResult> Balance(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "at");
        var at = query.Time("at");
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (await views.Find((string?)context.Request.RouteValues["id"], caller) is not { } record)
            return new Problem(ProblemCode.NotFound, "There is no such account.");
        var posted = record.Counters.Posted;
        if (at is { } moment)
        {
            // Rows have whole milliseconds: a row of the asked millisecond counts.
            try
            {
                var row = await reader.LastActivityAt(record.Number, moment.ToUnixTimeMilliseconds());
                posted = row is null ? 0 : row.Debtor == record.Number ? row.DebtorBalance : row.CreditorBalance;
            }
            catch (LedgerPrunedException)
            {
                query.Errors.Add("at", "is before what the ledger keeps: the account's events of that time are in the archive.");
                return query.Errors.ToProblem();
            }
        }

        return new JsonResult<(AccountId Id, DateTimeOffset? At, Money Posted)>(StatusCodes.Status200OK, (record.Id, at, new Money(posted, record.Currency)), static (json, state) =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, state.Id.Value);
            json.WriteString("currency"u8, state.Posted.Currency.Code);
            if (state.At is { } moment)
                json.WriteTime("at"u8, moment);
            else
                json.WriteNull("at"u8);
            json.WriteStartObject("balance"u8);
            json.WriteAmount("posted"u8, state.Posted);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }
}
