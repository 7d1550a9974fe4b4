using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Grains.Accounts;

/// <summary>
/// Payments that are held: the grain that held one decides what becomes of it, so that of two analysts, or of an analyst and the end of
/// its time, one acts.
/// </summary>
public sealed partial class AccountGrain
{
    public async Task<CaseAnswer> ActOnCase(CaseCommand command)
    {
        var work = new CaseWork(command, newId) { Number = command.Case };
        await Act(work);
        return work.Ending switch
        {
            Ending.Recorded => new CaseAnswer(CaseOutcome.Recorded, work.Next),
            Ending.Replayed => new CaseAnswer(CaseOutcome.Recorded, FraudJson.ReadCase((await services.Documents.Open(work.Row!)).Last(state => state.Number == command.Case).Public), Replayed: true),
            Ending.Refused => new CaseAnswer(work.Refused, work.Case),
            Ending.KeyReused => new CaseAnswer(CaseOutcome.KeyReused),
            Ending.KeyInUse => new CaseAnswer(CaseOutcome.KeyInUse),
            Ending.Overloaded or Ending.OtherShard => new CaseAnswer(CaseOutcome.Overloaded),
            Ending.ShuttingDown => new CaseAnswer(CaseOutcome.ShuttingDown),
            Ending.Failed or Ending.Moved => new CaseAnswer(CaseOutcome.Failed),
            Ending.Unread => throw new LedgerStoreException("The ledger cannot be read for now, and with it what became of the request.") { IsTransient = true },
        };
    }

    private async Task<DueOutcome> ExpireHold(DueCall call)
    {
        if (await FindCaseOf(call.Id) is not { } number)
            throw new InvalidDataException($"Payment {call.Id} is held without a case.");
        var work = new CaseWork(null, newId) { Number = number };
        await Act(work);
        return work.Ending == Ending.Recorded || work.Case?.Status == CaseStatus.Closed ? DueOutcome.Done : DueOutcome.Later;
    }

    private async Task Act(CaseWork work)
    {
        if (await WhileQuiet(async () =>
        {
            // Another process may have changed the account since: a refusal writes nothing that would find out.
            await Reload();
            await Read(work);
            return work;
        }))
        {
            await UntilEnded(work);
        }

        if (work is { Ending: Ending.Recorded, GoesOn: false, Next.Resolution: CaseResolution.Released, Payment: { } paid } && work.Next.Status != work.Case!.Status)
            services.Risk?.Incoming.Note(paid.Creditor, paid.Id, NowMs, paid.Amount, paid.Debtor);
        // The release is durable, and its due work is there: nobody needs to wait for the other shard.
        if (work is { Ending: Ending.Recorded, GoesOn: true })
            _ = Follow(work.Payment!.Id);
    }

    /// <summary>The case and its payment as they are committed.</summary>
    private async Task Read(CaseWork work)
    {
        (work.Case, work.Payment, work.PaymentNumber) = (null, null, 0);
        if (await services.Documents.FindCase(work.Number) is not { } found || found.Account.Id != id)
            return;
        var state = FraudJson.ReadCase(found.State.Public);
        // A closed case outlives the rows of its payment, which the log lets go of once they are archived.
        var row = PaymentId.TryParse(state.PaymentId, out var payment) ? await Reader.FindRow(payment.Number) : null;
        if (payment.Number == 0 || (row is null && state.Status == CaseStatus.Open))
            throw new InvalidDataException($"Case {state.Id} is about a payment that does not exist.");
        (work.Case, work.Payment, work.PaymentNumber) = (state, row, payment.Number);
        work.CreditorClosed = row is not null && await Writer.Directory.Find(row.Creditor) is { Status: AccountStatus.Closed };
    }

    private async Task<long?> FindCaseOf(long payment)
    {
        var places = await services.Documents.List(new DocumentQuery(CaseList.OwnerOn(shard), CaseList.Kind, CaseList.OfPayment(payment), 0, 0, 1));
        return places.Count == 0 ? null : places[0].State.Number;
    }

    /// <summary>Whether a payment waits for an analyst still.</summary>
    private async ValueTask<bool> IsHeld(LogRow first) =>
        first.Type == EventType.PaymentHeld && !(await Reader.PaymentRows(first.Id)).Any(static row => row.Type is EventType.PaymentReleased or EventType.PaymentRejected);
}
