using Grains.Interfaces.Fraud;
using Microsoft.Extensions.Logging;

namespace Grains.Fraud.RuleBook;

/// <summary>
/// Brings the committed rule book to this process's decisions: at the start, after each change here, and, where other processes change
/// it too, by looking. What is newer never gives way to what is older, in whichever order they come.
/// </summary>
/// <param name="model">Follows the book too.</param>
/// <param name="desk">Null where risk is not judged.</param>
/// <param name="clock">The product's time.</param>
public sealed class RulesInForce(RuleBookReader reader, ModelInUse model, RiskDesk? desk, TimeProvider clock, ILogger<RulesInForce> logger)
{
    private readonly Lock gate = new();
    private long shown;
    private FraudRuleSet? set;

    public ModelInUse Model => model;

    /// <summary>
    /// As <see cref="Refresh"/>, at a start. A model that cannot be read stops no process: who takes it away needs one. Until then rules alone
    /// decide.
    /// </summary>
    public async Task Begin()
    {
        await Follow();
        try
        {
            model.Take();
        }
        catch (InvalidDataException exception)
        {
            RuleBookLog.NoModel(logger, exception, model.Named?.Choice.Version);
        }
    }

    /// <summary>Reads the rule book, where it is newer than what is in force here, and the model that it names.</summary>
    /// <exception cref="InvalidDataException">The model cannot be read: the one before it stays, and what else the book says is in force.</exception>
    public async Task Refresh()
    {
        await Follow();
        model.Take();
    }

    internal void Show(RuleBookState book)
    {
        lock (gate)
        {
            if (book.LedgerVersion <= shown)
                return;
            if (desk is not null)
            {
                // A rule set of one version is the same for ever.
                if (book.Set is { } next && next.Version != set?.Version)
                    desk.Rules = ToActive(next);
                desk.Lists = ListDecision.ToBook(book.Entries.Values, clock.GetUtcNow().ToUnixTimeMilliseconds());
            }

            set = book.Set;
            model.Name(book.Model);
            Volatile.Write(ref shown, book.LedgerVersion);
        }
    }

    private async Task Follow()
    {
        if (await reader.Version() > Volatile.Read(ref shown))
            Show(await reader.Read());
    }

    private RuleSet ToActive(FraudRuleSet next)
    {
        var rules = RuleSets.ToActive(next, out var unknown);
        foreach (var rule in unknown)
            RuleBookLog.UnknownRule(logger, next.Version, rule);
        return rules;
    }
}
