using Grains.Interfaces.Values;

namespace Simulation;

/// <summary>One client with one operation, from the first time it asks to the answer that stays.</summary>
internal sealed class Request(Operation operation)
{
    public Operation Operation => operation;

    public Reply? Answer { get; set; }

    public bool Waits => Answer is null;

    /// <summary>Calls that it waits for.</summary>
    public int Calls { get; set; }

    /// <summary>When it asks again: after a call that came to nothing, or while it waits, when it loses patience.</summary>
    public long AsksAgainAtMs { get; set; }
}

/// <summary>What clients asked so far, and what they were told.</summary>
internal sealed class Requests
{
    private readonly Dictionary<int, Request> byNumber = [];
    private readonly Dictionary<IdempotencyKey, List<(Operation Operation, long Since)>> byKey = [];
    private readonly Dictionary<(IdempotencyKey Key, UInt128 RequestHash), Reply> firstAnswers = [];

    public IEnumerable<Request> All => byNumber.Values;

    public Request Add(Operation operation, long position)
    {
        var request = new Request(operation);
        byNumber.Add(operation.Number, request);
        if (!byKey.TryGetValue(operation.Key, out var same))
            byKey.Add(operation.Key, same = []);
        same.Add((operation, position));
        return request;
    }

    public Request? Find(int number) => byNumber.GetValueOrDefault(number);

    /// <summary>The payment that an operation was told it had made.</summary>
    public PaymentId? PaymentOf(int number) =>
        Find(number) is { } request && firstAnswers.TryGetValue((request.Operation.Key, request.Operation.RequestHash), out var first) ? first.Payment?.Id : null;

    public Operation? Asked(IdempotencyKey key, UInt128 requestHash) =>
        byKey.TryGetValue(key, out var same) ? same.Find(asked => asked.Operation.RequestHash == requestHash).Operation : null;

    public bool AskedOtherwise(Operation operation) => byKey[operation.Key].Exists(asked => asked.Operation.RequestHash != operation.RequestHash);

    /// <summary>What the first with this key asked; null where nobody has used it.</summary>
    public Operation? FirstAsked(IdempotencyKey key) => byKey.TryGetValue(key, out var same) ? same[0].Operation : null;

    /// <summary>The end of the log when this key was first sent.</summary>
    public long AskedSince(IdempotencyKey key) => byKey[key][0].Since;

    /// <summary>What was recorded under this key, as the first client heard it; this answer, if it is the first.</summary>
    public Reply? FirstAnswer(Operation operation, Reply reply)
    {
        var same = (operation.Key, operation.RequestHash);
        if (firstAnswers.TryGetValue(same, out var first))
            return first;
        firstAnswers.Add(same, reply);
        return null;
    }
}
