using System.Text.Json;
using Grains.Checkout;
using Grains.Fraud.Cards;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;

namespace Grains.Fraud.Detectors;

/// <summary>Reads rows of the log as what happened: opens what is sealed in them, and keeps of it keyed hashes alone.</summary>
public sealed class SeenEvents(AccountDirectory directory, DocumentReader documents, MasterKey masterKey, RiskDesk desk)
{
    /// <summary>Whether the row is of an instant payment that somebody asked for: its first event. A return is none.</summary>
    public static bool IsAttempt(LogRow row) =>
        row.Payment == row.Id && (row.Type is EventType.PaymentSettled or EventType.PaymentRejected || PaymentReader.IsUnderWay(row)) && !IsReturn(row);

    /// <summary>An instant payment that was asked for, or whose money arrived; null where the row is of neither.</summary>
    public async ValueTask<SeenPayment?> ReadPayment(LogRow row)
    {
        var (isAttempt, isPaid) = (IsAttempt(row), IsPaid(row));
        if (!isAttempt && !isPaid)
            return null;
        // The other account of a payment between shards stands in the row's data.
        var data = PaymentData.Decode(row.Data);
        if ((data.Debtor is { } debtorId ? await directory.Find(debtorId) : await directory.Find(row.Debtor)) is not { } debtor
            || (data.Creditor is { } creditorId ? await directory.Find(creditorId) : await directory.Find(row.Creditor)) is not { } creditor)
            return null;
        var personal = isAttempt && row.Sealed is not null && debtor.WrappedDataKey is not null ? Open(row, debtor.WrappedDataKey) : PersonalFields.None;
        return new SeenPayment
        {
            Row = row.Id,
            TimeMs = row.TimeMs,
            Payment = data.Transfer?.Number ?? row.Payment,
            Key = unchecked((long)(ulong)row.Key.Value),
            Debtor = debtor.Number,
            Creditor = creditor.Number,
            CreditorOpenedAtMs = creditor.OpenedAtMs,
            Amount = row.Amount,
            Currency = row.Currency,
            IsAttempt = isAttempt,
            IsPaid = isPaid,
            Address = desk.AddressOf(personal),
            Device = desk.DeviceOf(personal),
        };
    }

    /// <summary>The card attempts that a row of a merchant's checkout recorded: its new charges.</summary>
    public async ValueTask<IReadOnlyList<SeenCardTry>> ReadCardTries(LogRow row)
    {
        if (!row.Type.IsOfCheckout() || row.Sealed is null)
            return [];
        List<SeenCardTry>? found = null;
        foreach (var state in await documents.Open(row))
        {
            if (state is not { Kind: (byte)DocumentKind.Charge, Version: 1 })
                continue;
            var charge = JsonSerializer.Deserialize(state.Public.Span, StoredJson.Default.Charge)!;
            var record = JsonSerializer.Deserialize(state.Private.Span, StoredJson.Default.ChargeRecord)!;
            var currency = Books.CurrencyOf(charge.Currency);
            (found ??= []).Add(new SeenCardTry(
                row.Id, row.TimeMs, state.Number, row.Debtor, desk.CardOf(charge.PaymentMethodDetails.Card.Fingerprint), desk.AddressOf(record.ClientIp), WireCurrency.ToLedger(charge.Amount, currency), currency,
                record.IsOurs || AttemptsRead.OutcomeOf(charge, record.Risk) == TryOutcome.Declined));
        }

        return found ?? (IReadOnlyList<SeenCardTry>)[];
    }

    // To another shard, it arrived where that one says so.
    private static bool IsPaid(LogRow row) =>
        (row.Type == EventType.TransferCredited || (row.Type == EventType.PaymentSettled && SystemAccountNumbers.PeerOf(row.Creditor) is null)) && !IsReturn(row);

    private static bool IsReturn(LogRow row) => row.Data is not null && PaymentData.Decode(row.Data).ReturnOf is not null;

    private PersonalFields Open(LogRow row, byte[] wrappedKey)
    {
        using var key = masterKey.Unwrap(wrappedKey);
        return PersonalFieldsCodec.Decode(key.Open(row.Id, row.Sealed), []);
    }
}
