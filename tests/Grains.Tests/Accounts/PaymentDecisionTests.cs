using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Grains.Accounts;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;

namespace Grains.Tests.Accounts;

public sealed class PaymentDecisionTests
{
    private const long Now = 1_795_269_787_000;

    // status of the debtor, creditor closed, credits, debits, pending, floor, limit of one payment, amount → outcome
    [Theory]
    [InlineData("open   no  100 0   0  0   none 100 → settled")]
    [InlineData("open   no  100 0   0  0   none 101 → AM04")]
    [InlineData("open   no  100 60  0  0   none 40  → settled")]
    [InlineData("open   no  100 60  0  0   none 41  → AM04")]
    [InlineData("open   no  100 60  40 0   none 1   → AM04")]
    [InlineData("open   no  0   0   0  -50 none 50  → settled")]
    [InlineData("open   no  0   0   0  -50 none 51  → AM04")]
    [InlineData("open   no  100 0   0  0   50   50  → settled")]
    [InlineData("open   no  100 0   0  0   50   51  → AM02")]
    [InlineData("open   no  0   0   0  0   50   51  → AM02")]
    [InlineData("frozen no  100 0   0  0   none 1   → AC06")]
    [InlineData("frozen no  0   0   0  0   50   51  → AC06")]
    [InlineData("frozen yes 100 0   0  0   none 1   → AC07")]
    [InlineData("closed yes 0   0   0  0   none 1   → AC05")]
    [InlineData("closed no  0   0   0  0   none 1   → AC05")]
    [InlineData("open   yes 100 0   0  0   none 1   → AC07")]
    [InlineData("open   no  9223372036854775807 0 0 0 none 1000000000000000 → settled")]
    [InlineData("open   no  9223372036854775807 9223372036854775807 0 -9223372036854775807 none 1 → settled")]
    public void A_payment_is_decided_in_the_documented_order(string row)
    {
        var words = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var limits = words[6] == "none" ? AccountLimits.None : new AccountLimits { PerPayment = Number(words[6]) };
        var state = State(Enum.Parse<AccountStatus>(words[0], ignoreCase: true), Number(words[2]), Number(words[3]), Number(words[4]), Number(words[5]), limits);
        var decision = PaymentDecision.Decide(state, new Money(Number(words[7]), Currency.Usd), words[1] == "yes", Now);
        Assert.Equal(words[9], decision.Rejection?.Code() ?? "settled");
    }

    [Fact]
    public void A_velocity_rejection_names_window_used_limit_and_when_it_frees()
    {
        var state = State(AccountStatus.Open, 1_000_000, 0, 0, 0, new AccountLimits { PerMinute = new WindowLimit(2, null) });
        state.Windows.Add(Now, 100);
        state.Windows.Add(Now + 1_000, 100);
        var decision = PaymentDecision.Decide(state, new Money(100, Currency.Usd), creditorClosed: false, Now + 2_000);
        Assert.Equal(Reason.AmountExceedsAgreedLimit, decision.Rejection);
        Assert.Equal("perMinute: 2 of 2 payments used; frees at 2026-11-21T14:04:07.000Z.", decision.Detail);
    }

    [Fact]
    public void An_amount_above_a_whole_window_never_fits()
    {
        var state = State(AccountStatus.Open, 1_000_000, 0, 0, 0, new AccountLimits { PerDay = new WindowLimit(null, 5_000) });
        var decision = PaymentDecision.Decide(state, new Money(5_001, Currency.Usd), creditorClosed: false, Now);
        Assert.Equal("perDay: 0.00 of 50.00 USD used; this amount never fits.", decision.Detail);
    }

    [Fact]
    public void A_return_is_held_to_funds_and_status_but_to_no_limit()
    {
        var limits = new AccountLimits { PerPayment = 1, PerMinute = new WindowLimit(0, 0) };
        Assert.Null(PaymentDecision.DecideReturn(State(AccountStatus.Open, 100, 0, 0, 0, limits), new Money(100, Currency.Usd), creditorClosed: false).Rejection);
        Assert.Equal(Reason.InsufficientFunds, PaymentDecision.DecideReturn(State(AccountStatus.Open, 99, 0, 0, 0, limits), new Money(100, Currency.Usd), creditorClosed: false).Rejection);
        Assert.Equal(Reason.BlockedAccount, PaymentDecision.DecideReturn(State(AccountStatus.Frozen, 100, 0, 0, 0, limits), new Money(100, Currency.Usd), creditorClosed: false).Rejection);
    }

    [Fact]
    public void Whatever_is_approved_leaves_available_at_or_above_the_floor() =>
        Prop.ForAll(
            (from credits in Numbers.Between(0, 1_000)
             from debits in Numbers.Between(0, 1_000)
             from pending in Numbers.Between(0, 1_000)
             from floor in Numbers.Between(-1_000, 0)
             from amount in Numbers.Between(1, 2_000)
             select (credits, debits, pending, floor, amount)).ToArbitrary(),
            static row =>
            {
                var state = State(AccountStatus.Open, row.credits, row.debits, row.pending, row.floor, AccountLimits.None);
                var approved = PaymentDecision.Decide(state, new Money(row.amount, Currency.Usd), creditorClosed: false, Now).Rejection is null;
                return approved == (row.credits - row.debits - row.pending - row.amount >= row.floor);
            }).QuickCheckThrowOnFailure();

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    internal static AccountState State(AccountStatus status, long credits, long debits, long pending, long floor, AccountLimits limits) => new(
        new AccountRecord
        {
            Number = 200_000,
            Id = AccountId.Parse("acct_1"),
            Tenant = 1,
            Currency = Currency.Usd,
            Status = status,
            Floor = floor,
            Limits = limits,
            Counters = new Counters(debits, credits, pending, 0),
            Version = 1,
            EventVersion = 1,
            LastRow = 0,
            Activity = 0,
            WrappedDataKey = [],
            SealedName = null,
            OpenedAtMs = Now,
        },
        new VelocityWindows(limits));
}
