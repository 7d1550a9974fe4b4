using Grains.Fraud.Entities;
using Grains.Fraud.Features;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Ledger;
using Ledger.Sealing;

namespace Grains.Accounts;

/// <summary>What risk is judged by, read back from the log when the grain wakes, or when the commit refused what it believed.</summary>
public sealed partial class AccountGrain
{
    /// <summary>
    /// The most rows of the account that are looked at: one that is credited all the time would be walked through for its few payments.
    /// </summary>
    private const int MaxHistoryRows = 4_096;

    private string? lastDevice;
    private long lastDeviceHash;

    // By its key, so that a payment that is sent again is the same to them.
    private ValueTask<Surroundings> Around(PaymentInstruction instruction) => services.Risk?.Entities is { } entities && RiskEntities.AreIn(instruction.Personal)
        ? entities.Ask(services.Risk.AddressOf(instruction.Personal), DeviceOf(instruction.Personal), new EntitySighting(unchecked((long)(ulong)instruction.Key.Value), state?.Number ?? 0, NowMs))
        : new(Surroundings.None);

    // Most payers have one device: its keyed hash costs more than all rules together.
    private long DeviceOf(PersonalFields personal)
    {
        if (personal.DeviceId is { } device && device != lastDevice)
            (lastDevice, lastDeviceHash) = (device, services.Risk!.DeviceOf(personal));
        return personal.DeviceId is null ? 0 : lastDeviceHash;
    }

    private async Task<PayerHistory> ReadHistory(AccountRecord account)
    {
        const int FirstPage = 16, LargestPage = 512;
        var history = new PayerHistory();
        // Told before it reads: what is credited meanwhile is known twice, and counted once.
        var incoming = services.Risk!.Incoming.Wake(account.Number);
        var since = NowMs - WindowMs.Quarter;
        var paid = new Stack<LogRow>();
        var refused = new HashSet<long>();
        var (looked, page) = (0, FirstPage);
        for (long from = 0; looked < MaxHistoryRows && paid.Count < PayerHistory.MaxItems; page = Math.Min(page * 2, LargestPage))
        {
            var rows = await Reader.Activity(account.Number, from, page);
            foreach (var row in rows)
            {
                if (PaymentReader.IsEnd(row) && row.Type == EventType.PaymentRejected)
                    refused.Add(row.Payment);
                else if (IsAttempt(row, account.Number) && row.TimeMs >= since && !refused.Contains(row.Payment))
                    paid.Push(row);
                else if (IsCredit(row, account.Number) && row.TimeMs >= since)
                    incoming.Add(row.Payment, row.TimeMs, row.Amount, await DebtorOf(row));
            }

            looked += rows.Count;
            if (rows.Count < page || rows[^1].TimeMs < since)
                break;
            from = rows[^1].Debtor == account.Number ? rows[^1].DebtorPrevious : rows[^1].CreditorPrevious;
            if (from == 0)
                break;
        }

        if (paid.Count == 0)
            return history;
        using var key = services.MasterKey.Unwrap(account.WrappedDataKey!);
        foreach (var row in paid)
        {
            if (row.Type == EventType.PaymentRejected)
            {
                history.Reject(row.Id, row.TimeMs);
                continue;
            }

            var personal = row.Sealed is null ? PersonalFields.None : PersonalFieldsCodec.Decode(key.Open(row.Id, row.Sealed), []);
            history.Accept(services.Risk!.Item(row.Id, row.TimeMs, row.Amount, await CreditorOf(row), personal));
        }

        return history;
    }

    private async ValueTask<long> CreditorOf(LogRow first) =>
        SystemAccountNumbers.PeerOf(first.Creditor) is not null && PaymentData.Decode(first.Data).Creditor is { } creditor && await Writer.Directory.Find(creditor) is { } record
            ? record.Number
            : first.Creditor;

    private async ValueTask<long> DebtorOf(LogRow credit) =>
        SystemAccountNumbers.PeerOf(credit.Debtor) is not null && PaymentData.Decode(credit.Data).Debtor is { } debtor && await Writer.Directory.Find(debtor) is { } record
            ? record.Number
            : credit.Debtor;

    // Money that came back is no income.
    private static bool IsCredit(LogRow row, long number) =>
        row.Creditor == number && (row.Type is EventType.PaymentSettled or EventType.TransferCredited) && PaymentData.Decode(row.Data).ReturnOf is null;

    // A return is not the account's own payment.
    private static bool IsAttempt(LogRow row, long number) =>
        row.Payment == row.Id && row.Debtor == number && (row.Type is EventType.PaymentSettled or EventType.PaymentRejected || PaymentReader.IsUnderWay(row))
        && PaymentData.Decode(row.Data).ReturnOf is null;
}
