using Grains.Interfaces.Accounts;

namespace Gateway.Payments;

/// <summary>The items of one debtor on their way to its grain.</summary>
internal struct BatchCall(BatchItem first)
{
    private Task<SubmitAnswer>? one;
    private Task<IReadOnlyList<SubmitAnswer>>? many;

    public readonly BatchItem First => first;

    /// <summary>Ends with the answers of all.</summary>
    public readonly Task Answers => one ?? (Task?)many ?? Task.CompletedTask;

    public void Send(IAccountGrain grain)
    {
        if (first.Next is null)
        {
            one = grain.Submit(first.Instruction!);
            return;
        }

        var instructions = new List<PaymentInstruction>();
        for (var item = first; item is not null; item = item.Next)
            instructions.Add(item.Instruction!);
        many = grain.SubmitAll(instructions);
    }

    /// <summary>Hands each item its answer, once they are there.</summary>
    public readonly void ForEach(Action<BatchItem, SubmitAnswer> take)
    {
        var index = 0;
        for (var item = first; item is not null; item = item.Next)
            take(item, one is not null ? one.Result : many!.Result[index++]);
    }
}
