namespace Ledger;

/// <summary>Pending transfers, as the entry at hand finds and leaves them.</summary>
internal interface IPendingTransfers
{
    PendingTransfer? Find(long id);

    void Write(PendingTransfer hold);
}
