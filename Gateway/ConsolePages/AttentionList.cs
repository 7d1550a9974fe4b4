using System.Globalization;
using Gateway.Keys;
using Ledger;
using Ledger.Documents;
using Ledger.Shards;

namespace Gateway.ConsolePages;

/// <summary>What needs a person now; empty on a good day.</summary>
internal sealed class AttentionList(ILedgerReader reader, LedgerShards shards, LedgerFaults faults, DocumentReader documents)
{
    private const int MostAccounts = 3;

    /// <summary>Fewer payments than this in either hour say nothing about their success.</summary>
    private const int LeastPayments = 50;

    /// <summary>Success that falls by so many points from one hour to the next.</summary>
    private const decimal FallenPoints = 2;

    private const int QueueAlarmPercent = 80;

    /// <summary>Open cases are counted up to here.</summary>
    private const int MostCases = 50;

    public async ValueTask<IReadOnlyList<Attention>> Read(Caller caller, PaymentCounts lastHour, PaymentCounts hourBefore)
    {
        var list = new List<Attention>();
        var queuePercent = shards.QueueDepth * 100L / shards.QueueLimit;
        if (queuePercent >= QueueAlarmPercent)
            list.Add(new Attention("queue_filling", $"The ledger's queue is {queuePercent} % full", "/console/"));
        if (faults.CommitDelay is { } delay)
            list.Add(new Attention("fault", $"Sandbox fault: each commit waits {delay.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms", "/docs"));
        if (caller.Role.Has(Right.Analyse) && await OpenCases() is > 0 and var cases)
            list.Add(new Attention("cases_open", CasesText(cases), "/console/fraud"));
        if (lastHour.All >= LeastPayments && hourBefore.All >= LeastPayments && Percent(hourBefore) - Percent(lastHour) >= FallenPoints)
            list.Add(new Attention("success_fell", $"Success fell from {Text(hourBefore)} % to {Text(lastHour)} % within an hour", "/console/payments?status=rejected"));
        var frozen = await reader.ListFrozenAccounts(caller.Scope, MostAccounts + 1);
        foreach (var account in frozen.Take(MostAccounts))
            list.Add(new Attention("account_frozen", $"Account {account.Id} is frozen", $"/console/accounts/{account.Id}"));
        if (frozen.Count > MostAccounts)
            list.Add(new Attention("accounts_frozen", "More accounts are frozen", "/console/accounts"));
        return list;
    }

    private async ValueTask<int> OpenCases()
    {
        var count = 0;
        for (var shard = 0; shard < shards.Count && count <= MostCases; shard++)
            count += (await documents.List(new DocumentQuery(CaseList.OwnerOn(shard), CaseList.Kind, CaseList.Open, 0, 0, MostCases + 1))).Count;
        return count;
    }

    private static string CasesText(int cases) => cases switch
    {
        1 => "1 held payment waits for an analyst",
        > MostCases => $"More than {MostCases.ToString(CultureInfo.InvariantCulture)} held payments wait for an analyst",
        _ => $"{cases.ToString(CultureInfo.InvariantCulture)} held payments wait for an analyst",
    };

    private static decimal Percent(PaymentCounts counts) => 100m * counts.Settled / counts.All;

    private static string Text(PaymentCounts counts) => Percent(counts).ToString("0.0", CultureInfo.InvariantCulture);
}
