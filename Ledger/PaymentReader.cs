using System.Security.Cryptography;
using System.Text.Json;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger.Sealing;

namespace Ledger;

/// <summary>
/// Reads a row back as the answer that was given when it was recorded: the first answer, byte for byte, comes from here. It opens
/// personal fields; whoever calls it has checked that the caller may see them.
/// </summary>
public sealed class PaymentReader(AccountDirectory directory, MasterKey masterKey)
{
    /// <summary>The payment that a first row (settled or rejected) recorded.</summary>
    public async ValueTask<PaymentAnswer> Read(LogRow row)
    {
        var debtor = await Account(row.Debtor);
        var creditor = await Account(row.Creditor);
        var data = PaymentData.Decode(row.Data);
        return new PaymentAnswer
        {
            Id = new PaymentId(Bucket.Of(debtor.Id), row.Payment),
            Status = row.Type == EventType.PaymentRejected ? PaymentStatus.Rejected : PaymentStatus.Settled,
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
        if (account.SealedName is null || account.WrappedDataKey is null)
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
        if (secret is null)
            return [];
        using var key = masterKey.Unwrap(account.WrappedDataKey ?? throw new CryptographicException($"Account {account.Number} has no data key."));
        return key.Open(row, secret);
    }

    private async ValueTask<AccountRecord> Account(long number) =>
        await directory.Find(number) ?? throw new InvalidDataException($"The log names account {number}, which does not exist.");
}
