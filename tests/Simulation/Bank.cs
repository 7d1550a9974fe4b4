using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;
using Ledger;

namespace Simulation;

/// <summary>A payment as the committed log says it must be.</summary>
internal sealed class BankPayment(LogRow row, Operation operation)
{
    public LogRow Row => row;

    public Operation Operation => operation;

    public int Version { get; set; } = 1;

    public long Returned { get; set; }
}

/// <summary>
/// The model: what accounts and payments must be after each row of the log, by the words of the design alone. Whatever the log
/// says that a bank could not have done is a violation.
/// </summary>
internal sealed class Bank(Requests requests)
{
    /// <summary><c>system:funding</c> in USD.</summary>
    private const long Funding = 1_840;

    private readonly Dictionary<long, BankAccount> accounts = [];
    private readonly Dictionary<string, BankAccount> byId = [];
    private readonly Dictionary<long, BankPayment> payments = [];
    private readonly Dictionary<IdempotencyKey, LogRow> keys = [];
    private readonly List<LogRow> rows = [];
    private (long Original, long Amount)? owedEvent;

    public IReadOnlyList<LogRow> Rows => rows;

    public long Position => rows.Count;

    public IEnumerable<BankAccount> Accounts => accounts.Values;

    public BankAccount? Find(string id) => byId.GetValueOrDefault(id);

    public BankPayment? FindPayment(long number) => payments.GetValueOrDefault(number);

    public LogRow? FindByKey(IdempotencyKey key) => keys.GetValueOrDefault(key);

    /// <summary>A resolution of a lost outcome advances the versions of these, those that exist.</summary>
    public void Fence(IReadOnlyList<long> owners)
    {
        foreach (var owner in owners)
            if (accounts.TryGetValue(owner, out var account))
                account.Version++;
    }

    public void Apply(LogRow row)
    {
        Must(row.Position == Position + 1, row, $"follows position {Position}");
        rows.Add(row);
        if (owedEvent is not null && row.Type != EventType.PaymentReturned)
            throw Violated(row, "comes between a return and its event on the original payment");
        if (row.Type == EventType.PaymentReturned)
        {
            Returned(row);
        }
        else
        {
            var operation = Asked(row);
            if (row.Type.IsOfAccount())
                OfAccount(row, operation);
            else
                Payment(row, operation);
        }

        CheckChains(row);
    }

    /// <summary>Between two batches no entry may be half there.</summary>
    public void BatchEnds()
    {
        if (owedEvent is { } owed)
            throw new InvariantViolatedException($"A return of payment {owed.Original} committed without its event.");
    }

    private static InvariantViolatedException Violated(LogRow row, string what) =>
        new($"Row {row.Id} at position {row.Position} ({row.Type}, {row.Debtor} → {row.Creditor}, {row.Amount}, reason {row.Reason}): {what}.");

    private static void Must(bool holds, LogRow row, string what)
    {
        if (!holds)
            throw Violated(row, what);
    }

    // One key, one effect: and the effect is one that somebody asked for under this key.
    private Operation Asked(LogRow row)
    {
        Must(!row.Key.IsNone, row, "has no key");
        Must(keys.TryAdd(row.Key, row), row, $"takes a key that row {keys[row.Key].Id} took before");
        var operation = requests.Asked(row.Key, row.RequestHash) ?? throw Violated(row, "was asked for by nobody");
        Must(!operation.Poisoned, row, "cannot be written, and was");
        return operation;
    }

    private void OfAccount(LogRow row, Operation operation)
    {
        if (row.Type == EventType.AccountOpened)
        {
            Must(operation.Kind == OperationKind.Open && !byId.ContainsKey(operation.Account), row, "opens an account that exists");
            var opened = new BankAccount(row.Debtor, operation.Account, operation.Limits, operation.Floor);
            accounts.Add(opened.Number, opened);
            byId.Add(opened.Id, opened);
        }

        var account = accounts[row.SubjectAccount];
        Must(account.Id == operation.Account, row, $"is of {account.Id}, asked for was {operation}");
        Must(account.Status != AccountStatus.Closed, row, "changes a closed account");
        account.Version++;
        Must(row.Version == ++account.EventVersion, row, $"has version {row.Version}, next is {account.EventVersion}");
        switch (row.Type, operation.Kind)
        {
            case (EventType.AccountOpened, OperationKind.Open):
                break;
            case (EventType.AccountFunded, OperationKind.Fund):
                Must(row.Debtor == Funding && row.Amount == operation.Amount, row, $"is not what was asked for: {operation}");
                accounts.TryAdd(Funding, new BankAccount(Funding, "system:funding", AccountLimits.None, null));
                Move(row);
                break;
            case (EventType.AccountFrozen, OperationKind.Freeze):
                account.Status = AccountStatus.Frozen;
                break;
            case (EventType.AccountUnfrozen, OperationKind.Unfreeze):
                account.Status = AccountStatus.Open;
                break;
            case (EventType.AccountClosed, OperationKind.Close):
                Must(account.Balance == 0, row, $"closes an account with {account.Balance} on it");
                account.Status = AccountStatus.Closed;
                break;
            case (EventType.AccountLimitsChanged, OperationKind.ChangeLimits):
                account.Limits = operation.Limits;
                break;
            default:
                throw Violated(row, $"is not what was asked for: {operation}");
        }
    }

    private void Payment(LogRow row, Operation operation)
    {
        var original = operation.Kind == OperationKind.Return ? payments[requests.PaymentOf(operation.Original)!.Value.Number] : null;
        Must(original is not null || operation.Kind == OperationKind.Pay, row, $"is not what was asked for: {operation}");
        Must(row.Id == row.Payment && row.Version == 1 && payments.TryAdd(row.Id, new BankPayment(row, operation)), row, "is no first row of a payment of its own");
        var (debtor, creditor) = (accounts[row.Debtor], accounts[row.Creditor]);
        Must(debtor.Id == operation.Account && creditor.Id == (original is null ? operation.Creditor : original.Operation.Account), row, $"has other parties than asked for: {operation}");
        var left = original is null ? 0 : original.Row.Amount - original.Returned;
        var asked = original is not null && operation.Amount == 0 ? left : operation.Amount;
        Must(row.Amount == asked, row, $"should be of {asked}: {operation}");
        Must(original is null || row.Amount <= left, row, $"returns more than the {left} that are left");
        CheckDecision(row, debtor, creditor, isReturn: original is not null);
        debtor.Version++;
        if (row.Type == EventType.PaymentRejected)
        {
            Must(row is { Kind: TransferKind.None, Reason: not 0 }, row, "is rejected, and moves money or has no reason");
            return;
        }

        Must(row is { Kind: TransferKind.Posted, Reason: 0 }, row, "is settled, and moves no money or has a reason");
        Move(row);
        Must(debtor.Balance >= debtor.Floor, row, $"takes {debtor.Id} to {debtor.Balance}, below its floor of {debtor.Floor}");
        if (original is null)
            debtor.Paid.Add((row.TimeMs, row.Amount));
        else
            owedEvent = (original.Row.Id, row.Amount);
    }

    private void Returned(LogRow row)
    {
        var payment = payments[row.Payment];
        Must(owedEvent == (row.Payment, row.Amount), row, "tells of a return that did not just commit");
        Must(row.Kind == TransferKind.None && row.Version == ++payment.Version, row, $"has version {row.Version}, next is {payment.Version}");
        payment.Returned += row.Amount;
        Must(payment.Returned <= payment.Row.Amount, row, "returns more than was paid");
        owedEvent = null;
    }

    /// <summary>
    /// The account alone decides its debits, so the log knows its status, limits and debits at the decision. Two things may have
    /// come between decision and commit: more credits, and the creditor's close, which may also have been another process's.
    /// </summary>
    private void CheckDecision(LogRow row, BankAccount debtor, BankAccount creditor, bool isReturn)
    {
        var since = requests.AskedSince(row.Key);
        var expected = new List<Reason>(4);
        foreach (var credits in new[] { debtor.CreditsUpTo(since), debtor.Credits })
            foreach (var closed in new[] { false, creditor.Status == AccountStatus.Closed })
                expected.Add(Decide(row, debtor, credits, closed, isReturn));
        Must(expected.Contains(row.Reason), row, $"should be {string.Join(" or ", expected.Distinct().Select(static reason => reason == 0 ? "settled" : reason.ToString()))}");
        Must(row.Reason != 0 || creditor.Status != AccountStatus.Closed, row, "credits a closed account");
    }

    private static Reason Decide(LogRow row, BankAccount debtor, long credits, bool creditorClosed, bool isReturn) =>
        debtor.Status == AccountStatus.Closed ? Reason.ClosedDebtorAccount
        : creditorClosed ? Reason.ClosedCreditorAccount
        : debtor.Status == AccountStatus.Frozen ? Reason.BlockedAccount
        : !isReturn && row.Amount > (debtor.Limits.PerPayment ?? long.MaxValue) ? Reason.NotAllowedAmount
        : !isReturn && !debtor.MayPay(row.TimeMs, row.Amount) ? Reason.AmountExceedsAgreedLimit
        : credits - debtor.Debits - row.Amount < debtor.Floor ? Reason.InsufficientFunds
        : 0;

    private void Move(LogRow row)
    {
        accounts[row.Debtor].Debits += row.Amount;
        accounts[row.Creditor].Credit(row.Position, row.Amount);
    }

    private void CheckChains(LogRow row)
    {
        var debtor = accounts[row.Debtor];
        Must(row.DebtorBalance == debtor.Balance, row, $"says {row.DebtorBalance} is on {debtor.Id}, which has {debtor.Balance}");
        Must(row.DebtorPrevious == debtor.LastRow, row, $"names {row.DebtorPrevious} as {debtor.Id}'s row before it, which is {debtor.LastRow}");
        (debtor.LastRow, debtor.Activity) = (row.Id, debtor.Activity + 1);
        if (row.Creditor == 0)
            return;
        var creditor = accounts[row.Creditor];
        Must(row.CreditorBalance == creditor.Balance, row, $"says {row.CreditorBalance} is on {creditor.Id}, which has {creditor.Balance}");
        Must(row.CreditorPrevious == creditor.LastRow, row, $"names {row.CreditorPrevious} as {creditor.Id}'s row before it, which is {creditor.LastRow}");
        (creditor.LastRow, creditor.Activity) = (row.Id, creditor.Activity + 1);
    }
}
