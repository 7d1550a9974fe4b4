using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Detectors;

/// <summary>
/// Many payers who never paid it before credit one new account within an hour, with amounts that are no shopping: victims of one story.
/// </summary>
public sealed class NewPayeeDetector(IReadOnlyList<long> parameters) : IDetector
{
    private readonly KeyedWindows<SeenMoney> incoming = new(WindowMs.Day);
    private readonly HashSet<long> before = [];
    private readonly HashSet<long> payers = [];

    public static DetectorKind Kind { get; } = new(
        "new_payee", "Many first-time payers to one newly opened account within an hour",
        [
            new RuleParameter("min_payers", "payers", 10, 2, 200, "Distinct payers within an hour, who did not pay it in the day before."),
            new RuleParameter("min_average", "minor units", 20_000, 1, long.MaxValue, "What one of their payments is on average."),
            new RuleParameter("max_age_ms", "ms", WindowMs.Week, WindowMs.Hour, WindowMs.Quarter, "How long ago the account was opened, at most."),
        ],
        static parameters => new NewPayeeDetector(parameters));

    public DetectorFinding? See(SeenPayment payment)
    {
        if (!payment.IsPaid || payment.Debtor == payment.Creditor || payment.TimeMs - payment.CreditorOpenedAtMs > parameters[2])
            return null;
        var came = incoming.Add(payment.Creditor, new SeenMoney(payment.Row, payment.TimeMs, payment.Debtor, payment.Amount, payment.Reference));
        if (came.Count < parameters[0])
            return null;
        var first = came.CountUpTo(came[came.Count - 1].TimeMs - WindowMs.Hour);
        before.Clear();
        for (var i = 0; i < first; i++)
            before.Add(came[i].Other);
        payers.Clear();
        var (sum, payments, start) = (0L, new List<SeenReference>(), -1L);
        for (var i = first; i < came.Count; i++)
        {
            if (before.Contains(came[i].Other))
                continue;
            start = start < 0 ? came[i].TimeMs : start;
            payers.Add(came[i].Other);
            sum = checked(sum + came[i].Amount);
            payments.Add(came[i].Reference);
        }

        if (payers.Count < parameters[0] || sum / payments.Count < parameters[1])
            return null;
        var text = $"{payers.Count} payers who never paid it before credited one account {Wording.Amount(sum, payment.Currency)} within {Wording.Duration(Math.Max(came[came.Count - 1].TimeMs - start, 1))}, "
            + $"{Wording.Amount(sum / payments.Count, payment.Currency)} a payment on average; it was opened {Wording.Duration(Math.Max(payment.TimeMs - payment.CreditorOpenedAtMs, 0))} ago.";
        return new DetectorFinding($"account:{payment.Creditor}", AlertSeverity.Medium, text, [payment.Creditor, .. payers], [payment.Creditor], payments, sum, payment.Currency);
    }
}
