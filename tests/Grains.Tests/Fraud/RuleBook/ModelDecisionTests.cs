using Grains.Fraud.RuleBook;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.RuleBook;

public sealed class ModelDecisionTests
{
    private static readonly ModelChoice None = new(null, IsPublished: false);
    private static readonly ModelChoice Shadow = new("m1", IsPublished: false);
    private static readonly ModelChoice Live = new("m1", IsPublished: true);
    private static readonly ModelChoice Other = new("m2", IsPublished: true);

    [Fact]
    public void One_person_is_enough_where_so_configured_and_the_same_again_is_no_news()
    {
        var live = New(null, Live, "ann", fourEyes: false);
        Assert.Equal((1, Live, "ann"), (live.Revision, live.Choice, live.By));
        var (answer, isNew) = ModelDecision.Decide(live, Command(Live, "bob"), fourEyes: false, 2);
        Assert.Equal((RuleBookOutcome.Recorded, live, false), (answer.Outcome, answer.Model, isNew));
        Assert.Equal((2, None, "bob"), (New(live, None, "bob", fourEyes: false) is var none ? none.Revision : 0, none.Choice, none.By));
    }

    [Fact]
    public void What_begins_or_ends_to_act_takes_two_people()
    {
        // What never acts is one person's own matter.
        var shadow = New(null, Shadow, "ann", fourEyes: true);
        var asked = New(shadow, Live, "ann", fourEyes: true);
        Assert.Equal((Shadow, Live, "ann"), (asked.Choice, asked.Asked!.Choice, asked.Asked.By));
        var (refused, _) = ModelDecision.Decide(asked, Command(Live, "ann"), fourEyes: true, 3);
        Assert.Equal((RuleBookOutcome.FourEyes, "ann"), (refused.Outcome, refused.By));
        var live = New(asked, Live, "bob", fourEyes: true);
        Assert.Equal((Live, "bob", null), (live.Choice, live.By, live.Asked));
        Assert.Equal((Live, None), (New(live, None, "ann", fourEyes: true) is var ending ? ending.Choice : None, ending.Asked!.Choice));
        // Somebody else asks for something else: that is asked for now.
        Assert.Equal(("bob", Other), (New(ending, Other, "bob", fourEyes: true) is var another ? another.Asked!.By : "", another.Asked!.Choice));
    }

    [Fact]
    public void To_choose_again_what_is_in_force_takes_the_word_back()
    {
        var asked = New(New(null, Shadow, "ann", fourEyes: true), Live, "ann", fourEyes: true);
        var back = New(asked, Shadow, "cid", fourEyes: true);
        Assert.Equal((Shadow, "ann", null), (back.Choice, back.By, back.Asked));
    }

    [Fact]
    public void What_an_earlier_release_had_in_force_is_taken_over_only_where_the_ledger_never_had_a_word()
    {
        var (answer, isNew) = ModelDecision.Decide(null, Command(Live, "ann") with { IsCarriedOver = true }, fourEyes: true, 1);
        Assert.Equal((Live, true), (answer.Model!.Choice, isNew));
        var none = New(answer.Model, None, "ann", fourEyes: false);
        Assert.False(ModelDecision.Decide(none, Command(Live, "ann") with { IsCarriedOver = true }, fourEyes: false, 2).IsNew);
    }

    private static ModelCommand Command(ModelChoice choice, string actor) => new(choice, actor, 1);

    private static ModelInForce New(ModelInForce? now, ModelChoice choice, string actor, bool fourEyes)
    {
        var (answer, isNew) = ModelDecision.Decide(now, Command(choice, actor), fourEyes, 1);
        Assert.True(isNew);
        Assert.Equal(RuleBookOutcome.Recorded, answer.Outcome);
        return answer.Model!;
    }
}
