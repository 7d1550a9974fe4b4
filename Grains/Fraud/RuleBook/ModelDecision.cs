using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>What a change of the model in force comes to. Pure: state, command and time in; the state after it, or why there is none, out.</summary>
internal static class ModelDecision
{
    /// <param name="now">Null where no model was ever chosen.</param>
    /// <param name="fourEyes">Whether what acts on payments takes two people.</param>
    /// <returns>The answer; and whether it is to be recorded: what is in force already is not.</returns>
    public static (RuleBookAnswer Answer, bool IsNew) Decide(ModelInForce? now, ModelCommand command, bool fourEyes, long nowMs)
    {
        var before = now ?? new ModelInForce { Revision = 0, Choice = new ModelChoice(null, IsPublished: false) };
        var (choice, at) = (command.Choice, DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
        var next = before with { Revision = before.Revision + 1, Asked = null };
        if (command.IsCarriedOver)
            return now is null ? New(next with { Choice = choice, By = command.Actor, At = at }) : Same(before);
        // Chosen again, it takes back what was asked for.
        if (choice == before.Choice)
            return before.Asked is null ? Same(before) : New(next);
        if (!fourEyes || !(Acts(choice) || Acts(before.Choice)))
            return New(next with { Choice = choice, By = command.Actor, At = at });
        if (before.Asked?.Choice != choice)
            return New(next with { Asked = new ModelAsked(choice, command.Actor, at) });
        return before.Asked.By == command.Actor
            ? (new RuleBookAnswer(RuleBookOutcome.FourEyes) { By = before.Asked.By }, false)
            : New(next with { Choice = choice, By = command.Actor, At = at });
    }

    private static bool Acts(ModelChoice choice) => choice is { Version: not null, IsPublished: true };

    private static (RuleBookAnswer Answer, bool IsNew) New(ModelInForce state) => (new RuleBookAnswer(RuleBookOutcome.Recorded) { Model = state }, true);

    private static (RuleBookAnswer Answer, bool IsNew) Same(ModelInForce state) => (new RuleBookAnswer(RuleBookOutcome.Recorded) { Model = state }, false);
}
