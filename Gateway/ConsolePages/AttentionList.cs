using System.Globalization;
using Gateway.Keys;
using Ledger;
using Ledger.Shards;

namespace Gateway.ConsolePages;

/// <summary>What needs a person now; empty on a good day.</summary>
internal sealed class AttentionList(ILedgerReader reader, LedgerShards shards, LedgerFaults faults)
{
    private const int MostAccounts = 3;

    /// <summary>Fewer payments than this in either hour say nothing about their success.</summary>
    private const int LeastPayments = 50;

    /// <summary>Success that falls by so many points from one hour to the next.</summary>
    private const decimal FallenPoints = 2;

    private const int QueueAlarmPercent = 80;

    public async ValueTask<IReadOnlyList<Attention>> Read(Caller caller, PaymentCounts lastHour, PaymentCounts hourBefore)
    {
        var list = new List<Attention>();
        var queuePercent = shards.QueueDepth * 100L / shards.QueueLimit;
        if (queuePercent >= QueueAlarmPercent)
            list.Add(new Attention("queue_filling", $"The ledger's queue is {queuePercent} % full", "/console/"));
        if (faults.CommitDelay is { } delay)
            list.Add(new Attention("fault", $"Sandbox fault: each commit waits {delay.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms", "/docs"));
        if (lastHour.All >= LeastPayments && hourBefore.All >= LeastPayments && Percent(hourBefore) - Percent(lastHour) >= FallenPoints)
            list.Add(new Attention("success_fell", $"Success fell from {Text(hourBefore)} % to {Text(lastHour)} % within an hour", "/console/payments?status=rejected"));
        var frozen = await reader.ListFrozenAccounts(caller.Scope, MostAccounts + 1);
        foreach (var account in frozen.Take(MostAccounts))
            list.Add(new Attention("account_frozen", $"Account {account.Id} is frozen", $"/console/accounts/{account.Id}"));
        if (frozen.Count > MostAccounts)
            list.Add(new Attention("accounts_frozen", "More accounts are frozen", "/console/accounts"));
        return list;
    }

    private static decimal Percent(PaymentCounts counts) => 100m * counts.Settled / counts.All;

    private static string Text(PaymentCounts counts) => Percent(counts).ToString("0.0", CultureInfo.InvariantCulture);
}
