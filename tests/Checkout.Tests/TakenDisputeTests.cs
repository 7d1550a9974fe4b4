using System.Text.Json;
using Grains.Acquirers;
using Grains.Checkout;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Values;

namespace Checkout.Tests;

/// <summary>An acquirer's dispute, of which is said what is true, old, late, or unheard of: its money moves once each way, and never back and forth.</summary>
public sealed class TakenDisputeTests
{
    private const string Theirs = "dp_theirs";
    private const long Opened = 1_700_000_000;

    [Theory]
    [InlineData("won", 1, "needs_response", "under_review", "won", "won", "under_review", "needs_response", "lost")]
    [InlineData("won", 1, "needs_response", "lost", "won", "lost", "won")]
    [InlineData("won", 1, "won", "won")]
    [InlineData("lost", 0, "lost", "needs_response", "warning_closed", "under_review")]
    [InlineData("needs_response", 0, "warning_needs_response", "needs_response", "warning_needs_response", "warning_closed", "needs_response")]
    [InlineData("needs_response", 0, "warning_closed", "warning_needs_response", "needs_response")]
    [InlineData("under_review", 0, "under_review", "prevented", "appeal_under_review", "unheard_of")]
    [InlineData("lost", 0, "warning_under_review", "lost")]
    public async Task Whatever_is_said_in_whichever_order_the_money_goes_once(string end, int reinstated, params string[] said)
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        foreach (var status in said)
            Assert.True(await Tell(bench, intent, status));
        Assert.Equal(end, (await Ours(bench)).GetProperty("status").GetString());
        Assert.Equal((1, reinstated), (await bench.Count(EventType.DisputeWithdrawn), await bench.Count(EventType.DisputeReinstated)));
    }

    [Theory]
    [InlineData("warning_needs_response")]
    [InlineData("warning_needs_response", "warning_under_review", "warning_closed")]
    [InlineData("prevented")]
    public async Task What_is_no_dispute_takes_nothing(params string[] said)
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        foreach (var status in said)
            Assert.True(await Tell(bench, intent, status));
        Assert.Equal(0, await bench.Count(EventType.DisputeWithdrawn));
    }

    [Fact]
    public async Task What_was_opened_before_disputes_were_taken_over_stays_with_who_booked_it()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: Opened + 1);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        Assert.Equal(0, await bench.Count(EventType.DisputeWithdrawn));
        bench.Acquirer.Dispute = Dispute(bench, "needs_response") with { Created = Opened + 1 };
        Assert.True(await bench.Merchant("m").TakeDispute(new DisputeNotice(intent + ":1", Theirs)));
        Assert.Equal(1, await bench.Count(EventType.DisputeWithdrawn));
    }

    [Theory]
    [InlineData("needs_response", false, false)]
    [InlineData("prevented", false, false)]
    [InlineData("needs_response", true, false)]
    [InlineData("won", false, true)]
    public async Task A_dispute_is_asked_for_again_whatever_was_heard(string status, bool isGone, bool ends)
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        bench.Acquirer.Dispute = isGone ? null : Dispute(bench, status);
        for (var i = 0; i < 5; i++)
        {
            var (before, looks) = (await Due(bench), bench.Acquirer.Looks);
            Assert.NotNull(before);
            bench.Edition.Clock.Advance(TimeSpan.FromHours(25));
            Assert.NotEqual(before, await Until(async () => await Due(bench) is var due && due != before ? due : null));
            // Once, and not until it is due again.
            Assert.Equal(looks + 1, bench.Acquirer.Looks);
        }

        bench.Edition.Clock.Advance(TimeSpan.FromDays(200));
        if (ends)
            await Until(async () => await Due(bench) is null ? "over" : null);
    }

    [Fact]
    public async Task An_acquirer_that_is_silent_leaves_the_dispute_due()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        var due = await Due(bench);
        bench.Acquirer.IsSilent = true;
        Assert.False(await bench.Merchant("m").TakeDispute(new DisputeNotice(intent + ":1", Theirs)));
        bench.Edition.Clock.Advance(TimeSpan.FromHours(1));
        await Until(() => Task.FromResult(bench.Acquirer.Looks >= 4 ? "asked" : null));
        Assert.Equal(due, await Due(bench));
    }

    [Fact]
    public async Task An_inquiry_that_is_given_up_after_it_became_a_dispute_is_a_dispute_lost()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "warning_needs_response"));
        bench.Acquirer.Instead = request => request.Operation == AcquirerOperation.Concede ? new AcquirerAnswer(AcquirerOutcome.Approved) { Dispute = Dispute(bench, "lost") } : null;
        var lost = (await bench.Run(new CloseDispute((await Ours(bench)).GetProperty("id").GetString()!))).Is(200);
        Assert.Equal("lost", lost["status"]);
        Assert.Equal((1, 0), (await bench.Count(EventType.DisputeWithdrawn), await bench.Count(EventType.DisputeReinstated)));
    }

    [Fact]
    public async Task What_was_heard_before_the_evidence_does_not_take_it_back()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        bench.Acquirer.Instead = request => request.Operation == AcquirerOperation.Answer ? new AcquirerAnswer(AcquirerOutcome.Approved) { Dispute = Dispute(bench, "under_review") with { SubmissionCount = 1 } } : null;
        var id = (await Ours(bench)).GetProperty("id").GetString()!;
        Assert.Equal("under_review", (await bench.Run(new UpdateDispute(id, new DisputeEvidence { CustomerName = "Ada" }, null, null))).Is(200)["status"]);
        Assert.True(await Tell(bench, intent, "needs_response"));
        var ours = await Ours(bench);
        Assert.Equal(("under_review", "Ada"), (ours.GetProperty("status").GetString(), ours.GetProperty("evidence").GetProperty("customer_name").GetString()));
    }

    [Fact]
    public async Task A_second_answer_beside_the_first_may_be_sent_again()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        var silent = true;
        bench.Acquirer.Instead = request => request.Operation != AcquirerOperation.Answer ? null
            : silent ? throw new AcquirerSilentException()
            : new AcquirerAnswer(AcquirerOutcome.Approved) { Dispute = Dispute(bench, "needs_response") };
        bench.Acquirer.Says = static (_, _) => null;
        var update = new UpdateDispute((await Ours(bench)).GetProperty("id").GetString()!, new DisputeEvidence { CustomerName = "Ada" }, Submit: false, null);
        (await bench.Run(update, key: "first")).Is(200);
        (await bench.Run(update, key: "second")).Is(409);
        silent = false;
        await Until(async () =>
        {
            bench.Edition.Clock.Advance(TimeSpan.FromSeconds(20));
            return (await bench.Run(update, key: "second")).Answer.Status == 200 ? "taken" : null;
        });
    }

    private static async Task<string> Paid(MerchantBench bench)
    {
        var paid = (await bench.Pay()).Is(200);
        Assert.NotNull(bench.Acquirer.Reference);
        return paid["id"];
    }

    private static Task<bool> Tell(MerchantBench bench, string intent, string status)
    {
        bench.Acquirer.Dispute = Dispute(bench, status);
        return bench.Merchant("m").TakeDispute(new DisputeNotice(intent + ":1", Theirs));
    }

    private static AcquirerDispute Dispute(MerchantBench bench, string status) => new(Theirs, null, bench.Acquirer.Reference, 10_000, "usd", "fraudulent", status, Opened);

    private static async Task<JsonElement> Ours(MerchantBench bench)
    {
        var due = (await bench.Edition.Writer.Reader.Due(long.MaxValue, 100, null)).Single(static item => item.Kind == DueKind.FollowDispute);
        var owner = (await bench.Edition.Writer.Reader.FindAccount(AccountId.Parse("m")))!;
        return await bench.Intent(DocumentId.Format(DocumentKind.Dispute, Bucket.Of(owner.Id), due.Id));
    }

    private static async Task<string?> Due(MerchantBench bench) =>
        (await bench.Edition.Writer.Reader.Due(long.MaxValue, 100, null)).SingleOrDefault(static item => item.Kind == DueKind.FollowDispute)?.ToString();

    private static async Task<string> Until(Func<Task<string?>> look)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await look() is { } found)
                return found;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(60), "It did not happen.");
            await Task.Delay(10);
        }
    }
}
