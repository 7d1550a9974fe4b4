using Grains.Fraud;
using Grains.Fraud.Features;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Rules;

public sealed class AllowListRuleTests
{
    [Fact]
    public void Its_golden_list() => GoldenList.Check<AllowListRule>(
        """
        OnAllowList=1 => -100: acc_9 is on the allow list
        OnAllowList=0 => silent
        OnAllowList=1 OnBlockList=1 => silent
        OnAllowList=1 OnBlockList=0 => -100: acc_9 is on the allow list
        - => silent
        """,
        new RiskFacts { AllowedEntry = "acc_9" });

    [Fact]
    public void It_speaks_until_its_entry_expires()
    {
        var book = new ListBook([new ListEntry(ListKind.Allow, ListSubject.Account, "acc_9", Payer.Now)]);
        Assert.Equal("acc_9 is on the allow list", Said(book, Payer.Now - 1));
        Assert.Null(Said(book, Payer.Now));
    }

    [Fact]
    public void A_late_payment_is_judged_by_the_time_that_is_given()
    {
        var book = new ListBook([new ListEntry(ListKind.Allow, ListSubject.Account, "acc_9", Payer.Now)]);
        Assert.Null(Said(book, Payer.Now + 5));
        Assert.NotNull(Said(book, Payer.Now - 60_000));
    }

    private static string? Said(ListBook book, long nowMs)
    {
        var vector = new FeatureVector();
        var facts = book.Fill(vector, new ListedParties("acc_9", null, null, null, null), nowMs, RiskFacts.None);
        return GoldenList.Evaluate(new AllowListRule(), vector, facts)?.Text;
    }
}
