using Grains.Interfaces.Accounts;
using Ledger;
using Ledger.Shards;

namespace Grains.Accounts;

/// <summary>Money that this account received goes back.</summary>
public sealed partial class AccountGrain
{
    private readonly Dictionary<long, ReturnedSoFar> returned = [];

    public async Task<SubmitAnswer> Return(ReturnInstruction instruction)
    {
        await Ready();
        var original = await Credited(instruction.Original);
        if (state is null || original is null || original.Creditor != state.Number || PaymentData.Decode(original.Data).ReturnOf is not null)
            return new SubmitAnswer(SubmitOutcome.Unknown);
        var creditor = (await services.PaymentReader.Parties(original)).Debtor;
        var work = new ReturnWork(instruction, original, creditor.Id, creditor.Status == AccountStatus.Closed, () => returned[original.Id], Writer.Ids.Next(), Writer.Ids.Next());
        var there = ShardNumbers.ShardOf(creditor.Number);
        if (work.IsTransfer && !services.Saga.TryAdmit(there))
        {
            await EndUnadmitted(work);
            return await SubmitAnswer(work, null);
        }

        try
        {
            await UseReturned(original.Id);
            await Run(work, instruction.AmountMinorUnits ?? original.Amount);
        }
        finally
        {
            ReleaseReturned(original.Id);
            if (work.IsTransfer)
                services.Saga.Leave(there);
        }

        if (work.Ending != Ending.Recorded)
            return await SubmitAnswer(work, null);
        var answer = work.Answer(state!);
        return new SubmitAnswer(SubmitOutcome.Recorded, answer.Status == PaymentStatus.Pending ? await Outcome(work.Entry!.Row, answer) : answer);
    }

    // Kept while returns of the payment are under way: each sees what the others decided. It stands there before it is read,
    // so that two never go by two readings; the reading that comes last, of whatever moment, is dropped.
    private async Task UseReturned(long payment)
    {
        if (!returned.TryGetValue(payment, out var soFar))
            returned.Add(payment, soFar = new ReturnedSoFar());
        soFar.Users++;
        if (soFar.IsRead)
            return;
        var (amount, version) = await ReadReturned(payment);
        if (!soFar.IsRead)
            soFar.Read(amount, version);
    }

    private void ReleaseReturned(long payment)
    {
        if (--returned[payment].Users == 0)
            returned.Remove(payment);
    }

    private async Task<(long Amount, int Version)> ReadReturned(long payment)
    {
        var rows = await Reader.PaymentRows(payment);
        // What goes back to another shard is told there: its events are no version here.
        return (await Reader.AmountReturned(payment), rows.Count == 0 ? 0 : rows[^1].Version);
    }
}
