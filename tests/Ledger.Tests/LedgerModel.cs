namespace Ledger.Tests;

/// <summary>
/// What the ledger is to do, in the words of its design and nothing else: accounts that hold money, a floor that debits may not
/// pass, holds with an end, linked transfers that happen together or not at all.
/// </summary>
internal sealed class LedgerModel
{
    private readonly Dictionary<string, ModelAccount> accounts = [];
    private readonly Dictionary<int, ModelHold> holds = [];
    private readonly HashSet<int> keys = [];

    public IReadOnlyDictionary<string, ModelAccount> Accounts => accounts;

    public IReadOnlyDictionary<int, ModelHold> Holds => holds;

    public void Add(string name, Int128? floor) => accounts.Add(name, new ModelAccount(0, 0, 0, floor, Closed: false));

    /// <summary>Whether it happens; if not, nothing does.</summary>
    public bool Apply(int? key, IReadOnlyList<ModelStep> steps, long nowMs)
    {
        if (key is { } taken && keys.Contains(taken))
            return false;
        var (accountsBefore, holdsBefore) = (new Dictionary<string, ModelAccount>(accounts), new Dictionary<int, ModelHold>(holds));
        if (!steps.All(step => Apply(step, nowMs)))
        {
            accounts.Clear();
            foreach (var (name, account) in accountsBefore)
                accounts.Add(name, account);
            holds.Clear();
            foreach (var (number, hold) in holdsBefore)
                holds.Add(number, hold);
            return false;
        }

        if (key is { } used)
            keys.Add(used);
        return true;
    }

    private bool Apply(ModelStep step, long nowMs) => step switch
    {
        ModelStep.Pay pay => MayDebit(pay.Debtor, pay.Creditor, pay.Amount) && Move(pay.Debtor, pay.Creditor, pay.Amount),
        ModelStep.Place hold => MayDebit(hold.Debtor, hold.Creditor, hold.Amount) && Place(hold),
        ModelStep.Increase increase => IsOpen(increase.Hold, nowMs, out var hold) && MayDebit(hold.Debtor, hold.Creditor, increase.Amount) && Raise(increase.Hold, hold, increase.Amount),
        ModelStep.Post post => IsOpen(post.Hold, nowMs, out var hold) && post.Amount <= hold.Open && Post(post, hold),
        ModelStep.Void release => holds.TryGetValue(release.Hold, out var hold) && !hold.Final && release.Amount == hold.Open && Release(release.Hold, hold),
        ModelStep.Expire expire => holds.TryGetValue(expire.Hold, out var hold) && !hold.Final && hold.EndsAtMs is { } end && end <= nowMs && expire.Amount == hold.Open && Release(expire.Hold, hold),
        ModelStep.Close close => Close(close.Account),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private bool MayDebit(string debtor, string creditor, Int128 amount)
    {
        var (from, to) = (accounts[debtor], accounts[creditor]);
        return !from.Closed && !to.Closed && (from.Floor is not { } floor || from.Balance - from.Held - amount >= floor);
    }

    private bool Move(string debtor, string creditor, Int128 amount)
    {
        accounts[debtor] = accounts[debtor] with { Balance = accounts[debtor].Balance - amount };
        accounts[creditor] = accounts[creditor] with { Balance = accounts[creditor].Balance + amount };
        return true;
    }

    private bool Place(ModelStep.Place hold)
    {
        holds.Add(hold.Hold, new ModelHold(hold.Debtor, hold.Creditor, hold.Amount, hold.EndsAtMs, Final: false));
        return Reserve(hold.Debtor, hold.Creditor, hold.Amount);
    }

    private bool Raise(int number, ModelHold hold, Int128 amount)
    {
        holds[number] = hold with { Open = hold.Open + amount };
        return Reserve(hold.Debtor, hold.Creditor, amount);
    }

    private bool Post(ModelStep.Post post, ModelHold hold)
    {
        var released = post.Final ? hold.Open - post.Amount : 0;
        Reserve(hold.Debtor, hold.Creditor, -post.Amount - released);
        Move(hold.Debtor, hold.Creditor, post.Amount);
        var open = hold.Open - post.Amount - released;
        holds[post.Hold] = hold with { Open = open, Final = post.Final || open == 0 };
        return true;
    }

    private bool Release(int number, ModelHold hold)
    {
        Reserve(hold.Debtor, hold.Creditor, -hold.Open);
        holds[number] = hold with { Open = 0, Final = true };
        return true;
    }

    private bool Reserve(string debtor, string creditor, Int128 amount)
    {
        accounts[debtor] = accounts[debtor] with { Held = accounts[debtor].Held + amount };
        accounts[creditor] = accounts[creditor] with { Incoming = accounts[creditor].Incoming + amount };
        return true;
    }

    private bool IsOpen(int number, long nowMs, out ModelHold hold) =>
        holds.TryGetValue(number, out hold!) && !hold.Final && (hold.EndsAtMs is not { } end || end > nowMs);

    private bool Close(string name)
    {
        var account = accounts[name];
        if (account.Closed || account.Balance != 0 || account.Held != 0 || account.Incoming != 0)
            return false;
        accounts[name] = account with { Closed = true };
        return true;
    }
}

internal sealed record ModelAccount(Int128 Balance, Int128 Held, Int128 Incoming, Int128? Floor, bool Closed);

internal sealed record ModelHold(string Debtor, string Creditor, Int128 Open, long? EndsAtMs, bool Final);

/// <summary>One step of an entry. A hold is named by a number of the test's own; a release says what it releases.</summary>
internal abstract record ModelStep
{
    internal sealed record Pay(string Debtor, string Creditor, long Amount) : ModelStep;

    internal sealed record Place(int Hold, string Debtor, string Creditor, long Amount, long? EndsAtMs) : ModelStep;

    internal sealed record Increase(int Hold, long Amount) : ModelStep;

    internal sealed record Post(int Hold, long Amount, bool Final) : ModelStep;

    internal sealed record Void(int Hold, long Amount) : ModelStep;

    internal sealed record Expire(int Hold, long Amount) : ModelStep;

    internal sealed record Close(string Account) : ModelStep;
}
