using Gateway.Keys;
using Gateway.Wire;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Ledger;
using Ledger.Documents;
using Ledger.Shards;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fraud;

/// <summary>
/// Reading cases: the newest first, or the queue: those that are open, the most money at risk first (of one currency; minor units
/// otherwise).
/// </summary>
internal sealed class CaseEndpoints(DocumentReader documents, LedgerShards shards, ReferenceHash references)
{
    /// <summary>The most open cases that the queue is made of.</summary>
    private const int MaxQueued = 2_000;

    public async Task<IResult> Get(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        return CaseList.TryParseId((string?)context.Request.RouteValues["id"], out var number) && await documents.FindCase(number) is { } found
            ? new JsonResult<FraudCase>(StatusCodes.Status200OK, FraudJson.ReadCase(found.State.Public), CaseJson.Write)
            : CaseCommands.NoSuchCase();
    }

    public async Task<IResult> List(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context, "status", "assignee", "debtorAccount", "paymentId", "merchant", "card", "order", "limit", "after");
        var (limit, after) = (query.Limit(), query.Cursor(shards.Count));
        var (link, status) = (Link(query), query.Text("status"));
        var order = query.Text("order");
        if (status is not (null or "open" or "closed"))
            query.Errors.Add("status", "must be open or closed.");
        if (order is not (null or "newest" or "amount"))
            query.Errors.Add("order", "must be newest or amount.");
        else if (order == "amount" && status != "open")
            query.Errors.Add("order", "by amount is for status=open.");
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        bool IsAsked(FraudCase state) => status is null || status == (state.Status == CaseStatus.Open ? "open" : "closed");
        link ??= status switch { "open" => CaseList.Open, "closed" => CaseList.Closed, _ => null };
        return order == "amount" ? await Queue(link, limit, IsAsked) : await Newest(link, limit, after ?? LogCursor.Start(shards.Count), IsAsked);
    }

    private async Task<IResult> Newest(string? link, int limit, LogCursor after, Func<FraudCase, bool> isAsked)
    {
        var all = Cases(link, after, limit + 1);
        var page = new List<FraudCase>();
        while (page.Count < limit && await all.Peek() is { } next)
        {
            if (isAsked(next.Case))
                page.Add(next.Case);
            all.Take(next);
        }

        var more = await all.Peek() is not null;
        return new ListPage<FraudCase>(page, more, more ? all.Cursor.ToString() : null).ToResult(CaseJson.Write);
    }

    private async Task<IResult> Queue(string? link, int limit, Func<FraudCase, bool> isAsked)
    {
        var all = Cases(link, LogCursor.Start(shards.Count), MaxQueued);
        var open = new List<FraudCase>();
        while (open.Count < MaxQueued && await all.Peek() is { } next)
        {
            if (isAsked(next.Case))
                open.Add(next.Case);
            all.Take(next);
        }

        open.Sort(static (left, right) => decimal.Parse(right.Amount, System.Globalization.CultureInfo.InvariantCulture).CompareTo(decimal.Parse(left.Amount, System.Globalization.CultureInfo.InvariantCulture)));
        return new ListPage<FraudCase>([.. open.Take(limit)], open.Count > limit, null).ToResult(CaseJson.Write);
    }

    private NewestFirst<Numbered> Cases(string? link, LogCursor from, int page) => new(
        from,
        async (shard, before) => [.. (await documents.List(new DocumentQuery(CaseList.OwnerOn(shard), CaseList.Kind, link, before, 0, page))).Select(static document => new Numbered(document.State.Number, FraudJson.ReadCase(document.State.Public)))],
        static item => item.Number,
        static item => item.Case.OpenedAt.ToUnixTimeMilliseconds());

    private string? Link(QueryParameters query)
    {
        var links = new List<string>(5);
        if (query.Text("assignee") is { } assignee)
            links.Add(CaseList.OfAssignee(references.OfAnalyst(assignee)));
        if (query.Text("debtorAccount") is { } debtor)
            links.Add(CaseList.OfDebtor(debtor));
        if (query.Text("merchant") is { } merchant)
            links.Add(CaseList.OfMerchant(merchant));
        if (query.Text("card") is { } card)
            links.Add(CaseList.OfCard(card));
        if (query.Text("paymentId") is { } text)
        {
            if (Grains.Interfaces.Values.PaymentId.TryParse(text, out var payment))
                links.Add(CaseList.OfPayment(payment.Number));
            else if (Grains.Interfaces.Values.ResourceId.TryParse(text, DocumentId.Prefix(DocumentKind.PaymentIntent), out _, out var intent))
                links.Add(CaseList.OfPayment(intent));
            else
                query.Errors.Add("paymentId", "is not a payment's id.");
        }

        if (links.Count > 1)
            query.Errors.Add("assignee", "one of assignee, debtorAccount, merchant, card and paymentId narrows the list.");
        return links.Count == 0 ? null : links[0];
    }

    private sealed record Numbered(long Number, FraudCase Case);
}
