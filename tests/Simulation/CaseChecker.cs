using Grains.Fraud;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;

namespace Simulation;

/// <summary>Holds what the disk has of held payments, of their cases, and of the work that ends them, to the <see cref="Bank"/>.</summary>
internal sealed class CaseChecker(Banks banks)
{
    private readonly Dictionary<long, FraudCase> compared = [];

    /// <summary>All that changed since the last time.</summary>
    public void CompareChanged(ILedgerStore store, Bank bank)
    {
        foreach (var one in bank.Cases)
        {
            if (compared.GetValueOrDefault(one.Number) == one.Now)
                continue;
            Compare(store, bank, one);
            compared[one.Number] = one.Now;
        }
    }

    /// <summary>Each of them, and that there are no others.</summary>
    public void CompareAll(ILedgerStore store, Bank bank)
    {
        foreach (var one in bank.Cases)
            Compare(store, bank, one);
        Same(CaseList.Open, bank.Cases.Where(static one => one.IsOpen));
        Same(CaseList.Closed, bank.Cases.Where(static one => !one.IsOpen));
        var holds = Checker.Now(store.Reader.Due(long.MaxValue, 1_000)).Where(static item => item.Kind == HoldDue.Kind).ToHashSet();
        if (!holds.SetEquals(bank.Payments.Where(static payment => payment.IsHeld).Select(DueOf)))
            throw new InvariantViolatedException($"Due are the ends of {string.Join(", ", holds.Select(static item => item.Id))}; held are {string.Join(", ", bank.Payments.Where(static payment => payment.IsHeld).Select(static payment => payment.Row.Id))}.");

        void Same(string link, IEnumerable<BankCase> expected)
        {
            var listed = Listed(store, bank, link);
            if (!listed.SetEquals(expected.Select(static one => one.Number)))
                throw new InvariantViolatedException($"The list of cases that are {link} has {string.Join(", ", listed)}.");
        }
    }

    /// <summary>What an analyst was answered: the case as it was after the answer's version, or as it stands in the way.</summary>
    public void Answered(Operation operation, Reply reply, LogRow? recorded)
    {
        if (reply.Case is not { } told)
            return;
        var known = CaseList.TryParseId(told.Id, out var number) ? banks.Shards.Select(bank => bank.FindCase(number)).FirstOrDefault(static one => one is not null) : null;
        var state = known?.State(recorded?.Version ?? told.Version);
        if (state is null || BankCase.Text(state) != BankCase.Text(told))
            throw new InvariantViolatedException($"{operation} was answered {BankCase.Text(told)}; the log says {(state is null ? "nothing of it" : BankCase.Text(state))}.");
        if (reply.Kind == ReplyKind.Refused && reply.Why is nameof(CaseOutcome.Changed) or nameof(CaseOutcome.Closed) && told.Version == operation.Version && told.Status == CaseStatus.Open)
            throw new InvariantViolatedException($"{operation} was answered {reply}, and saw the case as it is.");
    }

    private static void Compare(ILedgerStore store, Bank bank, BankCase one)
    {
        var held = one.Payment.Row;
        var documents = new DocumentReader(store.Documents, new AccountDirectory(store.Reader), Owner.MasterKey);
        var found = Checker.Now(documents.FindCase(one.Number)) ?? throw new InvariantViolatedException($"Case {one.Now.Id} is not on the disk.");
        var state = FraudJson.ReadCase(found.State.Public);
        if (BankCase.Text(state) != BankCase.Text(one.Now))
            throw new InvariantViolatedException($"The disk has case {BankCase.Text(state)}; it must be {BankCase.Text(one.Now)}.");
        if (!Listed(store, bank, CaseList.OfPayment(held.Id)).SetEquals([one.Number]))
            throw new InvariantViolatedException($"Payment {held.Id} has not one case alone, {one.Number}.");
        var hold = Checker.Now(store.Reader.FindHold(held.Id)) ?? throw new InvariantViolatedException($"Payment {held.Id} has no hold.");
        var (posted, voided) = one.Now.Resolution switch
        {
            null => (0L, 0L),
            CaseResolution.Released => (held.Amount, 0L),
            _ => (0L, held.Amount),
        };
        if (hold.Authorized != held.Amount || hold.Posted != posted || hold.Voided != voided || one.IsOpen != one.Payment.IsHeld)
            throw new InvariantViolatedException($"Case {BankCase.Text(state)} is about a hold of {hold}, and the payment is {(one.Payment.IsHeld ? "" : "not ")}held.");
    }

    private static HashSet<long> Listed(ILedgerStore store, Bank bank, string link) =>
        [.. Checker.Now(store.Documents.ListDocuments(new DocumentQuery(CaseList.OwnerOn(bank.Shard), CaseList.Kind, link, 0, 0, 1_000))).Select(static place => place.Number)];

    private static DueItem DueOf(BankPayment payment) => HoldDue.Of(AccountId.Parse(payment.Operation.Account), payment.Row.Id, payment.Row.ExpiresAtMs);
}
