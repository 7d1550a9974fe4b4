using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Fraud.RuleBook;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.RuleBook;

/// <summary>What two people make of a list's entry, step by step: <c>add@ann approve@bob</c>; and whether it is looked up after it.</summary>
public sealed class ListDecisionTests
{
    private const long Entry = 7;
    private const long HourMs = 3_600_000;

    private RuleBookState book = RuleBookState.Delivered;
    private bool fourEyes = true;
    private long nowMs = 1_000;

    [Theory]
    [InlineData("watch", "add@ann", "asked add", false)]
    [InlineData("watch", "add@ann approve@bob", "stands", true)]
    [InlineData("watch", "add@ann reject@bob", "gone", false)]
    [InlineData("watch", "add@ann remove@ann", "gone", false)]
    [InlineData("allow", "add@ann approve@bob remove@bob", "asked remove", true)]
    [InlineData("allow", "add@ann approve@bob remove@bob remove@ann", "gone", false)]
    [InlineData("allow", "add@ann approve@bob remove@bob approve@ann", "gone", false)]
    [InlineData("allow", "add@ann approve@bob remove@bob reject@bob", "stands", true)]
    [InlineData("block", "add@ann", "asked add", true)]
    [InlineData("block", "add@ann approve@bob", "stands", true)]
    [InlineData("block", "add@ann reject@bob", "gone", false)]
    public void What_acts_takes_two_people_and_a_block_acts_before_the_second(string list, string steps, string state, bool acts)
    {
        foreach (var step in steps.Split(' '))
            Assert.Equal(RuleBookOutcome.Recorded, Do(list, step).Outcome);
        Assert.Equal((state, acts), (State(), Acts(list)));
    }

    [Theory]
    [InlineData("add@ann", "approve@ann", RuleBookOutcome.FourEyes)]
    [InlineData("add@ann approve@bob", "approve@ann", RuleBookOutcome.NotAsked)]
    [InlineData("add@ann approve@bob", "reject@ann", RuleBookOutcome.NotAsked)]
    [InlineData("add@ann approve@bob remove@bob", "remove@bob", RuleBookOutcome.FourEyes)]
    [InlineData("add@ann approve@bob remove@bob", "approve@bob", RuleBookOutcome.FourEyes)]
    [InlineData("add@ann", "add@bob", RuleBookOutcome.Exists)]
    [InlineData("add@ann remove@ann", "approve@bob", RuleBookOutcome.Unknown)]
    public void One_person_alone_is_refused_and_told_who_asked(string steps, string last, RuleBookOutcome refused)
    {
        foreach (var step in steps.Split(' '))
            Do("watch", step);
        var answer = Do("watch", last);
        Assert.Equal(refused, answer.Outcome);
        if (refused == RuleBookOutcome.FourEyes)
            Assert.Equal(last.Split('@')[1], answer.By);
    }

    [Fact]
    public void A_block_that_nobody_approves_lapses_and_may_be_put_on_again()
    {
        Do("block", "add@ann");
        nowMs += (24 * HourMs) - 1;
        Assert.True(Acts("block"));
        nowMs++;
        Assert.False(Acts("block"));
        Assert.Equal(RuleBookOutcome.NotAsked, Do("block", "approve@bob").Outcome);
        Assert.Equal(RuleBookOutcome.Recorded, Do("block", "add@bob").Outcome);
        Assert.True(Acts("block"));
    }

    [Fact]
    public void What_was_approved_in_time_acts_on()
    {
        Do("block", "add@ann");
        nowMs += 23 * HourMs;
        Do("block", "approve@bob");
        nowMs += 1_000 * HourMs;
        Assert.True(Acts("block"));
    }

    [Fact]
    public void Where_one_person_is_enough_it_acts_and_ends_at_once()
    {
        fourEyes = false;
        Do("watch", "add@ann");
        Assert.Equal(("stands", true), (State(), Acts("watch")));
        Do("watch", "remove@ann");
        Assert.Equal("gone", State());
    }

    private RuleBookAnswer Do(string list, string step)
    {
        var (action, actor) = (step.Split('@')[0], step.Split('@')[1]);
        var (answer, number) = ListDecision.Decide(book, new ListCommand
        {
            List = list,
            Action = Enum.Parse<ListAction>(action, ignoreCase: true),
            Entry = action == "add" ? 0 : Entry,
            Kind = "account",
            Value = "mule_1",
            Reason = "A mule.",
            Actor = actor,
            Tenant = 1,
        }, fourEyes, Entry, nowMs);
        if (answer.Outcome == RuleBookOutcome.Recorded)
            book = book.With(answer.Entry!, number);
        return answer;
    }

    private string State() => !book.Entries.TryGetValue(Entry, out var entry) ? "gone" : entry.Asked is { } asked ? "asked " + asked.Word() : "stands";

    // As decisions look it up, now and from a book that was made before.
    private bool Acts(string list)
    {
        var vector = new FeatureVector();
        var made = ListDecision.ToBook(book.Entries.Values, 1_000);
        made.Fill(vector, new ListedParties("mule_1", "shop_1", null, null, null), nowMs, new RiskFacts { Currency = Currency.Usd });
        return vector[list switch { "block" => Feature.OnBlockList, "allow" => Feature.OnAllowList, _ => Feature.OnWatchList }] == 1;
    }
}
