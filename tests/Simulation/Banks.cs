using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;

namespace Simulation;

/// <summary>The model of a whole ledger: a bank a shard, and what must hold between them.</summary>
internal sealed class Banks
{
    private readonly ShardMap map;
    private readonly Bank[] shards;

    public Banks(Requests requests, int shards)
    {
        map = ShardMap.Spread(shards);
        this.shards = [.. Enumerable.Range(0, shards).Select(shard => new Bank(requests, this, shard))];
    }

    public IReadOnlyList<Bank> Shards => shards;

    /// <summary>Whether more than one process believes now that the accounts are its own.</summary>
    public bool HasSeveralOwners { get; set; }

    public long Rows => shards.Sum(static bank => bank.Position);

    /// <summary>How many payments of another shard were credited, or refused.</summary>
    public int Decided(EventType type) => shards.Sum(bank => bank.Transfers.Count(transfer => transfer.Row.Type == type));

    public int ShardOf(string account) => map.ShardOf(AccountId.Parse(account));

    public Bank Of(string account) => shards[ShardOf(account)];

    public BankAccount? Find(string account) => Of(account).Find(account);

    public BankPayment? FindPayment(long number) => shards[ShardNumbers.ShardOf(number)].FindPayment(number);

    public BankTransfer? FindTransfer(long payment, string creditor) => Of(creditor).FindTransfer(payment);

    public LogRow? FindByKey(string account, IdempotencyKey key) => Of(account).FindByKey(key);

    public BankCase? CaseOf(long payment) => shards[ShardNumbers.ShardOf(payment)].CaseOf(payment);

    public bool AnyHeld => shards.Any(static bank => bank.Cases.Any(static one => one.IsOpen));

    public HeldCounts Held => new(shards.Sum(static bank => bank.Cases.Count()), Closed(CaseResolution.Released), Closed(CaseResolution.Refused), Closed(CaseResolution.Expired));

    /// <summary>Where nothing goes wrong any more and everything was answered: nothing is half done, and the transit accounts mirror each other.</summary>
    public void AllIsDone()
    {
        foreach (var payment in shards.SelectMany(static bank => bank.Payments))
            if (payment.IsUnderWay || (payment.IsHeld != payment.Case?.IsOpen && payment.Case is not null))
                throw new InvariantViolatedException($"Payment {payment.Row.Id} is still under way, or ended otherwise than its case.");
        for (var one = 0; one < shards.Length; one++)
            for (var other = one + 1; other < shards.Length; other++)
                if (Transit(one, other) != -Transit(other, one))
                    throw new InvariantViolatedException($"Transit between shards {one} and {other} has {Transit(one, other)} here and {Transit(other, one)} there.");
    }

    private long Transit(int shard, int peer) =>
        shards[shard].Accounts.FirstOrDefault(account => account.Number == SystemAccountNumbers.Transit(peer, Currency.Usd))?.Balance ?? 0;

    private int Closed(CaseResolution how) => shards.Sum(bank => bank.Cases.Count(one => one.Now.Resolution == how));
}
