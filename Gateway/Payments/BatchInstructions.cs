using System.Runtime.InteropServices;
using Gateway.Idempotency;
using Gateway.Keys;
using Grains.Interfaces.Values;

namespace Gateway.Payments;

/// <summary>
/// Makes the instructions of a batch's checked items. Each has two hashes, its key's and its request's, and many of them at once
/// cost a sixth of one after the other.
/// </summary>
internal sealed class BatchInstructions
{
    /// <summary>Items of one group of hashes: they stay in the processor's nearest cache.</summary>
    private const int GroupItems = 64;

    [ThreadStatic]
    private static BatchInstructions? ofThread;

    private readonly HashTexts keys = new();
    private readonly HashTexts requests = new();
    private readonly HashTexts between = new();
    private readonly byte[] keyDigests = new byte[GroupItems * Sha256Lanes.DigestLength];
    private readonly byte[] requestDigests = new byte[GroupItems * Sha256Lanes.DigestLength];

    public static void Make(List<BatchItem> items, Caller caller, RequestHashKey hashKey)
    {
        var made = ofThread ??= new BatchInstructions();
        for (var first = 0; first < items.Count; first += GroupItems)
            made.MakeGroup(CollectionsMarshal.AsSpan(items).Slice(first, Math.Min(GroupItems, items.Count - first)), caller, hashKey);
    }

    private void MakeGroup(ReadOnlySpan<BatchItem> group, Caller caller, RequestHashKey hashKey)
    {
        keys.Clear();
        requests.Clear();
        foreach (var item in group)
        {
            if (item.Creditor is null)
                continue;
            IdempotencyKey.AddTo(keys, caller.Tenant, item.Key!);
            item.Request!.AddTo(requests);
        }

        Sha256Lanes.Hash(keys, keyDigests);
        hashKey.OfEach(requests, between, requestDigests);
        var index = 0;
        foreach (var item in group)
        {
            if (item.Creditor is null)
                continue;
            var at = index++ * Sha256Lanes.DigestLength;
            var key = IdempotencyKey.Of(keyDigests.AsSpan(at, Sha256Lanes.DigestLength), item.Request!.KeyScope);
            item.Instruction = PaymentEndpoints.Instruction(item.Request, item.Creditor, caller, key, RequestHashKey.First(requestDigests.AsSpan(at)));
        }
    }
}
