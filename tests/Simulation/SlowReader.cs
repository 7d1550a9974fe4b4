using Ledger;
using Ledger.Documents;

namespace Simulation;

/// <summary>
/// Reads that take a while, as over a network: the answer is of some moment between asking and hearing, and other turns run
/// in between.
/// </summary>
internal sealed class SlowAnswers(StoreFaults faults, Random random, Action<Action> later)
{
    public ValueTask<T> Read<T>(Func<ValueTask<T>> read)
    {
        if (!faults.SlowReads || random.Next(3) == 0)
            return read();

        // Either read now and heard of later, or read later.
        var result = random.Next(2) == 0 ? read().AsTask() : null;
        var answer = new TaskCompletionSource<T>();
        later(() => answer.SetFromTask(result ?? read().AsTask()));
        return new ValueTask<T>(answer.Task);
    }
}

internal sealed class SlowReader(ILedgerReader inner, SlowAnswers slow) : ReaderDecorator(inner)
{
    protected override ValueTask<T> Read<T>(Func<ValueTask<T>> read) => slow.Read(read);
}

internal sealed class SlowDocuments(IDocumentIndex inner, SlowAnswers slow) : IDocumentIndex
{
    public ValueTask<LogRow?> FindDocument(long number) => slow.Read(() => inner.FindDocument(number));

    public ValueTask<IReadOnlyList<DocumentPlace>> ListDocuments(DocumentQuery query) => slow.Read(() => inner.ListDocuments(query));
}
