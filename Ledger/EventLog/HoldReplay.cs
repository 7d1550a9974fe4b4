using System.Runtime.InteropServices;
using Grains.Interfaces.Events;

namespace Ledger.EventLog;

/// <summary>Pending transfers and returned amounts, as the rows of the log alone make them.</summary>
internal sealed class HoldReplay(AuditFindings findings)
{
    public Dictionary<long, PendingTransfer> Holds { get; } = [];

    /// <summary>How much of each payment went back.</summary>
    public Dictionary<long, long> Returned { get; } = [];

    public void Note(LogRow row)
    {
        if (row.Type is EventType.PaymentCreated or EventType.PaymentRejected && row.Kind == TransferKind.Posted)
            NoteReturnToOtherShard(row);
        if (row.Type != EventType.PaymentReturned)
            return;
        ref var returned = ref CollectionsMarshal.GetValueRefOrAddDefault(Returned, row.Payment, out _);
        returned = unchecked(returned + row.Amount);
    }

    // A return to another shard says which row credited the money; where it was refused there, that money is the creditor's again.
    private void NoteReturnToOtherShard(LogRow row)
    {
        if (row.Data is not { Length: > 0 } || ReturnedCredit(row) is not (not 0 and var credit))
            return;
        ref var returned = ref CollectionsMarshal.GetValueRefOrAddDefault(Returned, credit, out _);
        returned = unchecked(returned + (row.Type == EventType.PaymentCreated ? row.Amount : -row.Amount));
    }

    private long ReturnedCredit(LogRow row)
    {
        try
        {
            return PaymentData.Decode(row.Data).ReturnedCredit;
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or FormatException)
        {
            findings.OfRow(row.Id, row.Position, "data", "The data cannot be read.");
            return 0;
        }
    }

    /// <summary>What the row of a pending transfer moves.</summary>
    public Moved Apply(LogRow row)
    {
        if (row.Kind == TransferKind.Hold)
        {
            Holds[row.Id] = new PendingTransfer(row.Id, row.Debtor, row.Creditor, row.Currency, row.Amount, 0, 0, row.ExpiresAtMs, Final: false);
            return new Moved(0, row.Amount);
        }

        if (!Holds.TryGetValue(row.Payment, out var hold))
        {
            findings.OfRow(row.Id, row.Position, "payment", "The row belongs to a pending transfer that is not in the log before it.");
            return default;
        }

        if (hold.Debtor != row.Debtor || hold.Creditor != row.Creditor || hold.Currency != row.Currency)
            findings.OfRow(row.Id, row.Position, "payment", "The row belongs to a pending transfer between other accounts.");
        unchecked
        {
            var open = hold.Authorized - hold.Posted - hold.Voided;
            if (hold.Final || (row.Kind != TransferKind.Increase && row.Amount > open))
                findings.OfRow(row.Id, row.Position, "amount", $"The row takes {row.Amount} of a pending transfer that has {(hold.Final ? 0 : open)} open.");
            switch (row.Kind)
            {
                case TransferKind.Increase:
                    Holds[hold.Id] = hold with { Authorized = hold.Authorized + row.Amount };
                    return new Moved(0, row.Amount);
                case TransferKind.Post:
                    Holds[hold.Id] = hold with { Posted = hold.Posted + row.Amount, Final = row.Amount == open };
                    return new Moved(row.Amount, -row.Amount);
                case TransferKind.PostFinal:
                    Holds[hold.Id] = hold with { Posted = hold.Posted + row.Amount, Voided = hold.Voided + open - row.Amount, Final = true };
                    return new Moved(row.Amount, -open);
                case TransferKind.Void or TransferKind.Expire:
                    Holds[hold.Id] = hold with { Voided = hold.Voided + open, Final = true };
                    return new Moved(0, -open);
                default:
                    findings.OfRow(row.Id, row.Position, "kind", $"{(int)row.Kind} is no way to move money.");
                    return default;
            }
        }
    }
}
