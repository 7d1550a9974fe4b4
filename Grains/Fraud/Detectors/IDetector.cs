using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Detectors;

/// <summary>
/// Finds one pattern across accounts, in events that are told to it one after the other: of a shard in the order of its log, of several
/// the older ones first as far as that allows. It knows time from the events alone, forgets what is out of its window, and keeps a
/// bounded number of the newest. The same events in the same order give the same findings. An event that is told again changes nothing.
/// One thread at a time.
/// </summary>
public interface IDetector
{
    /// <summary>What the event completes; null where there is no pattern, or not yet.</summary>
    DetectorFinding? See(SeenPayment payment) => null;

    /// <summary>The same of a card attempt.</summary>
    DetectorFinding? See(SeenCardTry attempt) => null;
}

/// <summary>What a detector is called, what it finds, and what may be set of it.</summary>
/// <param name="Name">snake_case; stored: never changes, never is reused.</param>
/// <param name="Description">One sentence for analysts.</param>
/// <param name="Make">With values of the parameters, in their order.</param>
public sealed record DetectorKind(string Name, string Description, IReadOnlyList<RuleParameter> Parameters, Func<IReadOnlyList<long>, IDetector> Make);

/// <summary>A pattern that is complete. It goes on being found while it lasts: whoever asked hears of one a day (<see cref="FoundBefore"/>).</summary>
/// <param name="About">What it is about: what has the same is the same pattern.</param>
/// <param name="Text">A sentence with its numbers, which names nobody.</param>
/// <param name="Accounts">By number, those first that matter most.</param>
/// <param name="Suspects">Of these, whose money should not move on: what may be frozen.</param>
/// <param name="Payments">Oldest first.</param>
/// <param name="Amount">In minor units.</param>
public sealed record DetectorFinding(
    string About, AlertSeverity Severity, string Text, IReadOnlyList<long> Accounts, IReadOnlyList<long> Suspects, IReadOnlyList<SeenReference> Payments, long Amount, Currency Currency);

/// <summary>A payment or charge by its owner's account and its number.</summary>
public readonly record struct SeenReference(long Owner, long Number, bool IsCharge);
