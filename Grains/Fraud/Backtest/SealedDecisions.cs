using Ledger;
using Ledger.Sealing;

namespace Grains.Fraud.Backtest;

/// <summary>Opens what is sealed with recorded payments. A payer's key is unwrapped once, and forgotten with the others when they are many. One thread at a time.</summary>
internal sealed class SealedDecisions(MasterKey masterKey) : IDisposable
{
    private const int MostKeys = 10_000;

    private readonly Dictionary<long, DataKey> keys = [];

    /// <summary>The payment's personal fields, in which its decision is; whoever takes them clears them. Null where nothing can be opened.</summary>
    /// <param name="wrapped">The debtor's data key, wrapped; null where it was destroyed.</param>
    public byte[]? Open(LogRow row, byte[]? wrapped) => row.Sealed is null || wrapped is null ? null : KeyOf(row.Debtor, wrapped).Open(row.Id, row.Sealed);

    public void Dispose() => ForgetKeys();

    private DataKey KeyOf(long account, byte[] wrapped)
    {
        if (keys.TryGetValue(account, out var key))
            return key;
        if (keys.Count == MostKeys)
            ForgetKeys();
        keys.Add(account, key = masterKey.Unwrap(wrapped));
        return key;
    }

    private void ForgetKeys()
    {
        foreach (var key in keys.Values)
            key.Dispose();
        keys.Clear();
    }
}
