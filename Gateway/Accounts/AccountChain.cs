using Ledger;
using Ledger.Shards;

namespace Gateway.Accounts;

/// <summary>The rows of an account, as lists page along them: a cursor is the id of one of them.</summary>
internal static class AccountChain
{
    /// <summary>
    /// Whether a list of the account may go on from this row. A cursor comes from outside: one of another account's list, or one
    /// that nobody was ever given, is the caller's mistake, and not damage to the ledger.
    /// </summary>
    public static async ValueTask<bool> Has(ILedgerReader reader, AccountRecord account, long row) =>
        ShardNumbers.ShardOf(row) == ShardNumbers.ShardOf(account.Number)
        && await reader.FindRow(row) is { } found && (found.Debtor == account.Number || found.Creditor == account.Number);
}
