using System.Collections.Concurrent;
using Grains.Fraud.Features;

namespace Grains.Fraud.Entities;

/// <summary>
/// What the accounts whose grains are awake are credited with: told by the grains that pay them, once that is durable. An account that
/// sleeps is told nothing, and reads its credits from the log when it wakes. Credits that another process decided are known from the
/// log alone, as of when the grain woke.
/// </summary>
public sealed class IncomingCredits
{
    private readonly ConcurrentDictionary<long, Account> awake = new();

    /// <summary>An account that wakes: told from now on, and before it has read what was.</summary>
    public Account Wake(long number) => awake.GetOrAdd(number, static _ => new Account());

    public void Sleep(long number) => awake.TryRemove(number, out _);

    /// <summary>A durable credit.</summary>
    /// <param name="payment">Its number; the same again changes nothing.</param>
    public void Note(long creditor, long payment, long timeMs, long amount, long debtor)
    {
        if (awake.TryGetValue(creditor, out var account))
            account.Add(payment, timeMs, amount, debtor);
    }

    /// <summary>One account's credits, told from many threads.</summary>
    public sealed class Account
    {
        private readonly Lock gate = new();
        private readonly IncomingWindow window = new();

        public void Add(long payment, long timeMs, long amount, long debtor)
        {
            lock (gate)
                window.Add(payment, timeMs, amount, debtor);
        }

        public void Fill(FeatureVector features, long nowMs)
        {
            lock (gate)
                window.Fill(features, nowMs);
        }
    }
}
