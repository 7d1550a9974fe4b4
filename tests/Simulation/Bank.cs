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

    /// <summary>Of a payment between shards: the row that ended it.</summary>
    public LogRow? End { get; set; }

    /// <summary>Returns that its own shard was told of by another one.</summary>
    public HashSet<long> ToldOf { get; } = [];

    /// <summary>Of one that was held: the row that let it go.</summary>
    public LogRow? Released { get; set; }

    /// <summary>Of one that was held.</summary>
    public BankCase? Case { get; set; }

    public bool IsHeld => row.Type == EventType.PaymentHeld && Released is null && End is null;

    /// <summary>Whether its money goes to another shard.</summary>
    public bool IsTransfer => SystemAccountNumbers.PeerOf(row.Creditor) is not null;

    public bool IsUnderWay => (row.Type == EventType.PaymentCreated || Released is not null) && End is null;

    /// <summary>Whether it moved money for good.</summary>
    public bool IsSettled => row.Type == EventType.PaymentSettled || End?.Type == EventType.PaymentSettled;
}

/// <summary>What a shard decided of another one's payment.</summary>
internal sealed class BankTransfer(LogRow row)
{
    public LogRow Row => row;

    public long Returned { get; set; }
}

/// <summary>
/// The model: what accounts and payments must be after each row of the log, by the words of the design alone. Whatever the log
/// says that a bank could not have done is a violation.
/// </summary>
/// <param name="shard">Whose log it is; the others' banks know the rest.</param>
internal sealed partial class Bank(Requests requests, Banks banks, int shard)
{
    /// <summary><c>system:funding</c> in USD.</summary>
    private const long Funding = 1_840;

    private readonly Dictionary<long, BankAccount> accounts = [];
    private readonly Dictionary<string, BankAccount> byId = [];
    private readonly Dictionary<long, BankPayment> payments = [];
    private readonly Dictionary<long, BankTransfer> transfers = [];
    private readonly Dictionary<IdempotencyKey, LogRow> keys = [];
    private readonly List<LogRow> rows = [];
    private (long Original, long Amount)? owedEvent;

    public int Shard => shard;

    public IReadOnlyList<LogRow> Rows => rows;

    public long Position => rows.Count;

    public IEnumerable<BankAccount> Accounts => accounts.Values;

    public IEnumerable<BankPayment> Payments => payments.Values;

    public BankAccount? Find(string id) => byId.GetValueOrDefault(id);

    public BankPayment? FindPayment(long number) => payments.GetValueOrDefault(number);

    public IEnumerable<BankTransfer> Transfers => transfers.Values;

    public BankTransfer? FindTransfer(long payment) => transfers.GetValueOrDefault(payment);

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
        if (owed.Count > 0)
        {
            Follows(row);
        }
        else if (row.Type.IsOfFraud())
        {
            OfCase(row);
        }
        else if (row.Type == EventType.PaymentReturned)
        {
            Returned(row);
        }
        else if (row.Type.IsOfTransfer())
        {
            Decided(row);
        }
        else if (row.Type == EventType.PaymentPending || PaymentReader.IsEnd(row))
        {
            FollowUp(row);
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
        if (owedEvent is { } original)
            throw new InvariantViolatedException($"A return of payment {original.Original} committed without its event.");
        if (owed.Count > 0)
            throw new InvariantViolatedException($"Row {owing.Row.Id} committed without {owed.Peek()} behind it.");
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
        TakesKey(row);
        var operation = requests.Asked(row.Key, row.RequestHash) ?? throw Violated(row, "was asked for by nobody");
        Must(!operation.Poisoned, row, "cannot be written, and was");
        return operation;
    }

    private void TakesKey(LogRow row)
    {
        Must(!row.Key.IsNone, row, "has no key");
        Must(keys.TryAdd(row.Key, row), row, $"takes a key that row {keys[row.Key].Id} took before");
    }

    private BankAccount Of(long number)
    {
        if (SystemAccountNumbers.IsSystem(number) && !accounts.ContainsKey(number))
            accounts.Add(number, new BankAccount(number, SystemAccountNumbers.Id(number).Value, AccountLimits.None, null));
        return accounts[number];
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
                Move(row);
                break;
            case (EventType.AccountFrozen, OperationKind.Freeze):
                account.Status = AccountStatus.Frozen;
                break;
            case (EventType.AccountUnfrozen, OperationKind.Unfreeze):
                account.Status = AccountStatus.Open;
                break;
            case (EventType.AccountClosed, OperationKind.Close):
                Must(account is { Balance: 0, DebitsPending: 0, CreditsPending: 0 }, row, $"closes an account with {account.Balance} on it, and {account.DebitsPending} and {account.CreditsPending} held");
                Must(!payments.Values.Any(payment => payment.IsUnderWay && payment.Row.Debtor == account.Number), row, "closes an account with transfers under way");
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
        var isReturn = operation.Kind == OperationKind.Return;
        Must(isReturn || operation.Kind == OperationKind.Pay, row, $"is not what was asked for: {operation}");
        var payment = new BankPayment(row, operation);
        Must(row.Id == row.Payment && row.Version == 1 && payments.TryAdd(row.Id, payment), row, "is no first row of a payment of its own");
        var originalId = isReturn ? requests.PaymentOf(operation.Original)!.Value.Number : 0;
        var original = isReturn ? banks.FindPayment(originalId)! : null;
        var (debtor, creditor) = (accounts[row.Debtor], banks.Find(CreditorOf(operation))!);
        var there = banks.ShardOf(creditor.Id);
        Must(debtor.Id == operation.Account, row, $"has another debtor than asked for: {operation}");
        Must(row.Creditor == (there == shard ? creditor.Number : SystemAccountNumbers.Transit(there, row.Currency)), row, $"has another creditor than asked for: {operation}");
        Must(there == shard || PaymentData.Decode(row.Data).Creditor?.Value == creditor.Id, row, $"does not say that {creditor.Id} is its creditor");
        var credit = isReturn ? transfers.GetValueOrDefault(originalId) : null;
        Must(!isReturn || (credit is null) == (there == shard), row, "returns what was not credited here");
        var left = original is null ? 0 : original.Row.Amount - (credit?.Returned ?? original.Returned);
        var asked = isReturn && operation.Amount == 0 ? left : operation.Amount;
        Must(row.Amount == asked, row, $"should be of {asked}: {operation}");
        Must(original is null || row.Amount <= left, row, $"returns more than the {left} that are left");
        CheckDecision(row, debtor, creditor, operation);
        debtor.Version++;
        if (row.Type == EventType.PaymentRejected)
        {
            Must(row is { Kind: TransferKind.None, Reason: not 0 }, row, "is rejected, and moves money or has no reason");
            return;
        }

        Must(debtor.Paid.TrueForAll(paid => paid.TimeMs <= row.TimeMs), row, "is decided before a payment that came before it");
        CheckHeld(row, operation, debtor, requests.AskedSince(row.Key));
        if (row.Type == EventType.PaymentHeld)
        {
            Held(row, payment);
        }
        else
        {
            Must(row.Type == (there == shard ? EventType.PaymentSettled : EventType.PaymentCreated), row, "is of another type than its creditor's place says");
            Must(row is { Kind: TransferKind.Posted, Reason: 0 }, row, "is approved, and moves no money or has a reason");
            Move(row);
        }

        Must(debtor.Balance - debtor.DebitsPending >= debtor.Floor, row, $"takes {debtor.Id} to {debtor.Balance} with {debtor.DebitsPending} held, below its floor of {debtor.Floor}");
        if (!isReturn)
            debtor.Paid.Add(new Paid(row.Id, row.TimeMs, row.Amount, operation.City));
        else if (credit is not null)
            credit.Returned += row.Amount;
        else
            owedEvent = (original!.Row.Id, row.Amount);
    }

    private string CreditorOf(Operation operation) => operation.Kind == OperationKind.Pay
        ? operation.Creditor
        : banks.FindPayment(requests.PaymentOf(operation.Original)!.Value.Number)!.Operation.Account;

    /// <summary>This shard decides of another one's payment: once, and as the creditor account stands.</summary>
    private void Decided(LogRow row)
    {
        TakesKey(row);
        var payment = banks.FindPayment(row.Payment);
        Must(payment is { IsUnderWay: true }, row, "decides of a payment that is not under way");
        var creditor = accounts[row.Creditor];
        Must(creditor.Id == CreditorOf(payment!.Operation) && row.Amount == payment.Row.Amount && banks.ShardOf(creditor.Id) == shard, row, "is not what the payment asks for");
        Must(row.Debtor == SystemAccountNumbers.Transit(banks.ShardOf(payment.Operation.Account), row.Currency), row, "does not come by the transit account of the payment's shard");
        Must(row.Version == 1 && transfers.TryAdd(row.Payment, new BankTransfer(row)), row, "decides a second time");
        if (row.Type == EventType.TransferRefused)
        {
            Must(row is { Kind: TransferKind.None, Reason: Reason.ClosedCreditorAccount } && creditor.Status == AccountStatus.Closed, row, "refuses without a reason");
            return;
        }

        Must(row is { Kind: TransferKind.Posted, Reason: 0 } && creditor.Status != AccountStatus.Closed, row, "credits a closed account, or moves no money");
        Move(row);
    }

    /// <summary>What follows a debit to another shard: that its submitter was told to wait, and the end, as the other shard decided.</summary>
    private void FollowUp(LogRow row)
    {
        TakesKey(row);
        var payment = payments[row.Payment];
        Must(payment.IsUnderWay && row.Version == ++payment.Version, row, $"follows an end, or has version {row.Version} where {payment.Version} is next");
        if (row.Type == EventType.PaymentPending)
        {
            Must(row.Kind == TransferKind.None, row, "moves money");
            return;
        }

        payment.End = row;
        var decided = banks.FindTransfer(row.Payment, CreditorOf(payment.Operation));
        Must(decided is not null, row, "ends before the other shard decided");
        var isReturn = payment.Operation.Kind == OperationKind.Return;
        var original = isReturn ? requests.PaymentOf(payment.Operation.Original)!.Value.Number : 0;
        if (row.Type == EventType.PaymentSettled)
        {
            Must(row.Kind == TransferKind.None && decided!.Row.Type == EventType.TransferCredited, row, "settles what was refused, or moves money again");
            Must(!isReturn || banks.FindPayment(original)!.ToldOf.Contains(row.Payment), row, "settles a return that its original was not told of");
            return;
        }

        var debtor = accounts[payment.Row.Debtor];
        Must(row.Kind == TransferKind.Posted && row.Amount == payment.Row.Amount && row.Reason == decided!.Row.Reason && decided.Row.Type == EventType.TransferRefused, row, "gives back what was not refused");
        Must(row.Debtor == payment.Row.Creditor && row.Creditor == debtor.Number, row, "does not give back to the debtor");
        Move(row);
        // Another owner that counts it hears of it in its own time.
        debtor.GiveBack(row.Payment, banks.HasSeveralOwners ? long.MaxValue : row.Position);
        if (isReturn)
            transfers[original].Returned -= row.Amount;
    }

    private void Returned(LogRow row)
    {
        var payment = payments[row.Payment];
        Must(row.Kind == TransferKind.None && row.Version == ++payment.Version, row, $"has version {row.Version}, next is {payment.Version}");
        if (payment.IsTransfer)
        {
            TakesKey(row);
            var by = PaymentData.Decode(row.Data).ReturnedBy!.Value.Number;
            Must(payment.ToldOf.Add(by), row, "tells of a return a second time");
            Must(transfers.GetValueOrDefault(by) is { Row.Type: EventType.TransferCredited } credited && credited.Row.Amount == row.Amount, row, "tells of a return that was not credited");
        }
        else
        {
            Must(owedEvent == (row.Payment, row.Amount), row, "tells of a return that did not just commit");
            owedEvent = null;
        }

        payment.Returned += row.Amount;
        Must(payment.Returned <= payment.Row.Amount, row, "returns more than was paid");
    }

    /// <summary>
    /// The account alone decides its debits, so the log knows its status, limits and debits at the decision. Three things may have
    /// come between decision and commit: more credits, the creditor's close, which may also have been another process's, and another
    /// shard's refusal, which takes a payment out of its windows.
    /// </summary>
    private void CheckDecision(LogRow row, BankAccount debtor, BankAccount creditor, Operation operation)
    {
        var since = requests.AskedSince(row.Key);
        var expected = new List<Reason>(4);
        foreach (var credits in new[] { debtor.CreditsUpTo(since), debtor.Credits })
            foreach (var closed in new[] { false, creditor.Status == AccountStatus.Closed })
                foreach (var refusedSince in new[] { since, long.MaxValue })
                    expected.Add(Decide(row, debtor, credits, closed, operation, refusedSince));
        Must(expected.Contains(row.Reason), row, $"should be {string.Join(" or ", expected.Distinct().Select(static reason => reason == 0 ? "settled" : reason.ToString()))}");
        Must(row.Reason != 0 || creditor.Status != AccountStatus.Closed || payments[row.Id].IsTransfer, row, "credits a closed account");
    }

    private static Reason Decide(LogRow row, BankAccount debtor, long credits, bool creditorClosed, Operation operation, long refusedSince) =>
        operation.Kind == OperationKind.Return ? DecideReturn(row, debtor, credits, creditorClosed)
        : debtor.Status == AccountStatus.Closed ? Reason.ClosedDebtorAccount
        : creditorClosed ? Reason.ClosedCreditorAccount
        : debtor.Status == AccountStatus.Frozen ? Reason.BlockedAccount
        : row.Amount > (debtor.Limits.PerPayment ?? long.MaxValue) ? Reason.NotAllowedAmount
        : !debtor.MayPay(row.TimeMs, row.Amount, refusedSince) ? Reason.AmountExceedsAgreedLimit
        : credits - debtor.Debits - debtor.DebitsPending - row.Amount < debtor.Floor ? Reason.InsufficientFunds
        : operation.DeviceId == StolenDevice ? Reason.RiskRefused
        : 0;

    private static Reason DecideReturn(LogRow row, BankAccount debtor, long credits, bool creditorClosed) =>
        debtor.Status == AccountStatus.Closed ? Reason.ClosedDebtorAccount
        : creditorClosed ? Reason.ClosedCreditorAccount
        : debtor.Status == AccountStatus.Frozen ? Reason.BlockedAccount
        : credits - debtor.Debits - debtor.DebitsPending - row.Amount < debtor.Floor ? Reason.InsufficientFunds
        : 0;

    private void Move(LogRow row)
    {
        Of(row.Debtor).Debits += row.Amount;
        Of(row.Creditor).Credit(row.Position, row.Amount);
    }

    private void CheckChains(LogRow row)
    {
        var debtor = Of(row.Debtor);
        Must(row.DebtorBalance == debtor.Balance, row, $"says {row.DebtorBalance} is on {debtor.Id}, which has {debtor.Balance}");
        Must(row.DebtorPrevious == debtor.LastRow, row, $"names {row.DebtorPrevious} as {debtor.Id}'s row before it, which is {debtor.LastRow}");
        (debtor.LastRow, debtor.Activity) = (row.Id, debtor.Activity + 1);
        if (row.Creditor == 0)
            return;
        var creditor = Of(row.Creditor);
        Must(row.CreditorBalance == creditor.Balance, row, $"says {row.CreditorBalance} is on {creditor.Id}, which has {creditor.Balance}");
        Must(row.CreditorPrevious == creditor.LastRow, row, $"names {row.CreditorPrevious} as {creditor.Id}'s row before it, which is {creditor.LastRow}");
        (creditor.LastRow, creditor.Activity) = (row.Id, creditor.Activity + 1);
    }
}
