using System.Security.Cryptography;
using System.Text.Json;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Sealing;

namespace Ledger;

/// <summary>
/// Reads a row back as the answer that was given when it was recorded: the first answer, byte for byte, comes from here. It opens
/// personal fields; whoever calls it has checked that the caller may see them.
/// </summary>
/// <param name="masterKey">Null for a reader that opens nothing: to it, what is personal is not there.</param>
/// <param name="reader">Of all shards.</param>
public sealed class PaymentReader(AccountDirectory directory, MasterKey? masterKey, ILedgerReader reader)
{
    /// <summary>The payment as the row leaves it: for its first row, as that was recorded.</summary>
    public async ValueTask<PaymentAnswer> Read(LogRow row)
    {
        if (row.Payment != row.Id && row.Type is EventType.PaymentReleased or EventType.PaymentPending or EventType.PaymentSettled or EventType.PaymentRejected)
            return Ended(await Read(await First(row)), row);
        var data = PaymentData.Decode(row.Data);
        var (debtor, creditor) = await Parties(row, data);
        return new PaymentAnswer
        {
            Id = new PaymentId(Bucket.Of(debtor.Id), row.Payment),
            Status = StatusOf(row),
            Amount = new Money(row.Amount, row.Currency),
            Debtor = debtor.Id,
            Creditor = creditor.Id,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.TimeMs),
            Uetr = data.Uetr,
            Personal = Open(row, debtor, creditor),
            Reason = row.Reason == 0 ? null : row.Reason,
            Detail = data.Detail,
            ReturnOf = data.ReturnOf,
            ReturnReason = data.ReturnReason,
        };
    }

    /// <summary>The payment as it is now, by its first row.</summary>
    public async ValueTask<PaymentAnswer> ReadCurrent(LogRow first)
    {
        var payment = await Read(first);
        if (!IsUnderWay(first))
            return payment;
        var rows = await reader.PaymentRows(first.Id);
        return (rows.FirstOrDefault(IsEnd) ?? rows.FirstOrDefault(static row => row.Type == EventType.PaymentReleased)) is { } newest ? Ended(payment, newest) : payment;
    }

    /// <summary>What the submitter was answered, by the payment's first row; null where it was not yet: another shard has not decided.</summary>
    public async ValueTask<PaymentAnswer?> ReadFirstAnswer(LogRow first)
    {
        var payment = await Read(first);
        if (first.Type != EventType.PaymentCreated)
            return payment;
        var rows = await reader.PaymentRows(first.Id);
        // It stands before the end, and only where the submitter was told so.
        if (rows.Any(static row => row.Type == EventType.PaymentPending))
            return payment;
        return rows.FirstOrDefault(IsEnd) is { } end ? Ended(payment, end) : null;
    }

    /// <summary>Whether a payment's first row leaves open how it ends: it is on its way to another shard, or held.</summary>
    public static bool IsUnderWay(LogRow first) => first.Type is EventType.PaymentCreated or EventType.PaymentHeld;

    /// <summary>The payment's fraud decision, by its first row; null where none was made. For analysts alone.</summary>
    public async ValueTask<RiskDecision?> ReadDecision(LogRow first)
    {
        if (first.Sealed is null)
            return null;
        var clear = Open(first.Id, first.Sealed, await Account(first.Debtor));
        var bytes = PersonalFieldsCodec.RiskDecisionOf(clear);
        return bytes.IsEmpty ? null : RiskDecisionCodec.Decode(bytes) with { DurationMicroseconds = PersonalFieldsCodec.DecisionMicrosecondsOf(clear) };
    }

    /// <summary>Whether a payment that was under way ends with this row.</summary>
    public static bool IsEnd(LogRow row) => row.Payment != row.Id && row.Type is EventType.PaymentSettled or EventType.PaymentRejected;

    /// <summary>A payment that was under way as a later row leaves it.</summary>
    public static PaymentAnswer Ended(PaymentAnswer payment, LogRow row) => payment with
    {
        Status = StatusOf(row),
        SettledAt = row.Type == EventType.PaymentSettled ? DateTimeOffset.FromUnixTimeMilliseconds(row.TimeMs) : null,
        Reason = row.Reason == 0 ? null : row.Reason,
        Detail = PaymentData.Decode(row.Data).Detail,
    };

    /// <summary>The payment's debtor and creditor, though one of them may be on another shard than the row.</summary>
    public ValueTask<(AccountRecord Debtor, AccountRecord Creditor)> Parties(LogRow row) => Parties(row, PaymentData.Decode(row.Data));

    /// <summary>The payment that a row belongs to, which another shard's payment may be.</summary>
    public async ValueTask<PaymentId> PaymentOf(LogRow row) =>
        PaymentData.Decode(row.Data).Transfer ?? new PaymentId(Bucket.Of((await Parties(row)).Debtor.Id), row.Payment);

    /// <summary>The account as an account's event left it.</summary>
    public async ValueTask<AccountSnapshot> ReadAccount(LogRow row)
    {
        var account = await Account(row.SubjectAccount);
        var snapshot = JsonSerializer.Deserialize(row.Data, AccountDataJson.Default.AccountSnapshot)
            ?? throw new InvalidDataException($"Row {row.Id} has no account data.");
        return snapshot with { Name = OpenName(account) };
    }

    /// <summary>The reason that was given for a change of the account's status.</summary>
    public async ValueTask<string?> ReadReason(LogRow row)
    {
        if (row.Type is not (EventType.AccountFrozen or EventType.AccountUnfrozen or EventType.AccountClosed) || row.Sealed is null)
            return null;
        return PersonalFieldsCodec.Decode(Open(row.Id, row.Sealed, await Account(row.SubjectAccount)), []).RemittanceInfo;
    }

    /// <summary>The name that the account was opened with.</summary>
    public string? OpenName(AccountRecord account)
    {
        if (masterKey is null || account.SealedName is null || account.WrappedDataKey is null)
            return null;
        using var key = masterKey.Unwrap(account.WrappedDataKey);
        return PersonalFieldsCodec.Decode(key.Open(account.Number, account.SealedName), []).DebtorName;
    }

    private PersonalFields Open(LogRow row, AccountRecord debtor, AccountRecord creditor)
    {
        if (row.Sealed is null && row.SealedCreditor is null)
            return PersonalFields.None;
        return PersonalFieldsCodec.Decode(Open(row.Id, row.Sealed, debtor), Open(row.Id, row.SealedCreditor, creditor));
    }

    private byte[] Open(long row, byte[]? secret, AccountRecord account)
    {
        if (masterKey is null || secret is null)
            return [];
        using var key = masterKey.Unwrap(account.WrappedDataKey ?? throw new CryptographicException($"Account {account.Number} has no data key."));
        return key.Open(row, secret);
    }

    private static PaymentStatus StatusOf(LogRow row) => row.Type switch
    {
        EventType.PaymentRejected or EventType.TransferRefused => PaymentStatus.Rejected,
        EventType.PaymentCreated or EventType.PaymentReleased or EventType.PaymentPending => PaymentStatus.Pending,
        EventType.PaymentHeld => PaymentStatus.Held,
        _ => PaymentStatus.Settled,
    };

    private async ValueTask<LogRow> First(LogRow row) =>
        await reader.FindRow(row.Payment) ?? throw new InvalidDataException($"Row {row.Id} belongs to payment {row.Payment}, which does not exist.");

    private async ValueTask<(AccountRecord Debtor, AccountRecord Creditor)> Parties(LogRow row, PaymentData data) => (
        data.Debtor is { } debtor ? await Account(debtor) : await Account(row.Debtor),
        data.Creditor is { } creditor ? await Account(creditor) : await Account(row.Creditor));

    private async ValueTask<AccountRecord> Account(AccountId id) =>
        await directory.Find(id) ?? throw new InvalidDataException($"The log names account {id}, which does not exist.");

    private async ValueTask<AccountRecord> Account(long number) =>
        await directory.Find(number) ?? throw new InvalidDataException($"The log names account {number}, which does not exist.");
}
