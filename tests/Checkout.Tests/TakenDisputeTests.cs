using System.Text.Json;
using Grains.Acquirers;
using Grains.Checkout;
using Grains.Interfaces;
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
    [InlineData("warning_needs_response", "lost", "lost", "won")]
    [InlineData("lost", "lost", "won")]
    [InlineData("prevented")]
    public async Task What_takes_no_money_there_takes_none_here(params string[] said)
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        foreach (var status in said)
            Assert.True(await Tell(bench, intent, status, wasWithdrawn: false));
        if (said is ["prevented"])
            return;
        Assert.StartsWith("warning_", (await Ours(bench)).GetProperty("status").GetString(), StringComparison.Ordinal);
        // What is known records nothing.
        var rows = (await bench.Edition.Writer.Reader.RowsAfter(0, 1_000)).Count;
        Assert.True(await Tell(bench, intent, said[^1], wasWithdrawn: false));
        Assert.Equal(rows, (await bench.Edition.Writer.Reader.RowsAfter(0, 1_000)).Count);
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

        var last = await Due(bench);
        bench.Edition.Clock.Advance(TimeSpan.FromDays(200));
        await Until(async () => await Due(bench) is var due && due != last ? "asked" : null);
        Assert.Equal(ends, await Due(bench) is null);
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
        var answered = (await bench.Run(new UpdateDispute(id, new DisputeEvidence { CustomerName = "Ada" }, null, Metadata("note")))).Is(200);
        Assert.Equal(("under_review", "a"), (answered["status"], answered.Json.GetProperty("metadata").GetProperty("note").GetString()));
        Assert.True(await Tell(bench, intent, "needs_response"));
        var ours = await Ours(bench);
        Assert.Equal(("under_review", "Ada"), (ours.GetProperty("status").GetString(), ours.GetProperty("evidence").GetProperty("customer_name").GetString()));
    }

    [Fact]
    public async Task A_dispute_over_what_is_still_being_captured_waits_for_that()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = (await bench.Pay(manual: true)).Is(200)["id"];
        var authorization = bench.Acquirer.Reference;
        bench.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Capture ? throw new AcquirerSilentException() : null;
        bench.Acquirer.Says = static (_, _) => throw new AcquirerSilentException();
        (await bench.Run(new CaptureIntent(intent, null, true, null, null, null))).Is(200);
        Assert.False(await Tell(bench, intent, "needs_response"));

        (bench.Acquirer.Instead, bench.Acquirer.Says) = (null, null);
        bench.Edition.Clock.Advance(TimeSpan.FromSeconds(30));
        await bench.Until(intent, "succeeded");
        bench.Acquirer.Dispute = Dispute(bench, "needs_response") with { Authorization = authorization };
        Assert.True(await bench.Merchant("m").TakeDispute(new DisputeNotice(intent + ":1", Theirs)));
        Assert.Equal(1, await bench.Count(EventType.DisputeWithdrawn));
    }

    [Theory]
    [InlineData("eur", true)]
    [InlineData("usd", false)]
    public async Task What_is_not_over_this_charge_is_not_taken(string currency, bool isOurs)
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        bench.Acquirer.Dispute = Dispute(bench, "needs_response") with { Currency = currency, Authorization = isOurs ? bench.Acquirer.Reference : "pi_of_another_ledger" };
        Assert.True(await bench.Merchant("m").TakeDispute(new DisputeNotice(intent + ":1", Theirs)));
        Assert.Equal(0, await bench.Count(EventType.DisputeWithdrawn));
    }

    [Fact]
    public async Task An_inquiry_after_a_dispute_leaves_the_charge_disputed()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        bench.Acquirer.Dispute = Dispute(bench, "warning_needs_response") with { Reference = "dp_second" };
        Assert.True(await bench.Merchant("m").TakeDispute(new DisputeNotice(intent + ":1", "dp_second")));
        Assert.Equal("charge_disputed", (await bench.Run(new CreateRefund(null, intent, 100, null, null))).Is(400).Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_refused_answer_changes_nothing()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        var before = (await Ours(bench)).GetRawText();
        bench.Acquirer.Instead = static request => request.Operation == AcquirerOperation.Answer ? new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "late" } : null;
        (await bench.Run(new UpdateDispute((await Ours(bench)).GetProperty("id").GetString()!, new DisputeEvidence { CustomerName = "Ada" }, null, Metadata("note")))).Is(400);
        Assert.Equal(before, (await Ours(bench)).GetRawText());
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("needs_response")]
    public async Task Evidence_whose_answer_comes_after_the_end_is_shown_and_the_end_stays(string heard)
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        bench.Acquirer.Asking = request => request.Operation == AcquirerOperation.Answer ? Tell(bench, intent, "lost") : Task.CompletedTask;
        bench.Acquirer.Instead = request => request.Operation == AcquirerOperation.Answer ? new AcquirerAnswer(AcquirerOutcome.Approved) { Dispute = Dispute(bench, heard) with { DueBy = Opened } } : null;
        (await bench.Run(new UpdateDispute((await Ours(bench)).GetProperty("id").GetString()!, new DisputeEvidence { CustomerName = "Ada" }, null, null))).Is(200);
        var ours = await Ours(bench);
        Assert.Equal(("lost", "Ada"), (ours.GetProperty("status").GetString(), ours.GetProperty("evidence").GetProperty("customer_name").GetString()));
        Assert.False(ours.GetProperty("evidence_details").TryGetProperty("due_by", out _));
    }

    [Fact]
    public async Task A_time_that_is_not_its_next_one_is_struck_off_and_nothing_else()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        var (due, looks) = (Assert.Single(await bench.Edition.Writer.Reader.Due(long.MaxValue, 100, null), static item => item.Kind == DueKind.FollowDispute), bench.Acquirer.Looks);
        Assert.Equal(DueOutcome.Done, await bench.Merchant("m").DoDue(new DueCall(due.Kind, due.Id, due.AtMs - 1)));
        Assert.Equal((due.ToString(), looks), (await Due(bench), bench.Acquirer.Looks));
    }

    [Fact]
    public async Task Many_who_tell_at_once_make_one_more_question_and_all_hear_what_came_meanwhile()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        bench.Acquirer.Looking = () =>
        {
            asked.TrySetResult();
            return go.Task;
        };
        var first = Tell(bench, intent, "needs_response");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var told = Enumerable.Range(0, 20).Select(_ => Tell(bench, intent, "won")).ToArray();
        bench.Acquirer.Dispute = Dispute(bench, "needs_response");
        bench.Acquirer.Looking = null;
        go.SetResult();
        bench.Acquirer.Dispute = Dispute(bench, "won");
        Assert.All(await Task.WhenAll([first, .. told]), Assert.True);
        Assert.InRange(bench.Acquirer.Looks, 2, 3);
        Assert.Equal("won", (await Ours(bench)).GetProperty("status").GetString());
        Assert.Equal((1, 1), (await bench.Count(EventType.DisputeWithdrawn), await bench.Count(EventType.DisputeReinstated)));
    }

    [Fact]
    public async Task Metadata_that_change_while_evidence_is_on_its_way_stay_changed()
    {
        await using var bench = MerchantBench.Start(risk: false, disputesSince: 0);
        var intent = await Paid(bench);
        Assert.True(await Tell(bench, intent, "needs_response"));
        var id = (await Ours(bench)).GetProperty("id").GetString()!;
        bench.Acquirer.Asking = async request =>
        {
            if (request.Operation == AcquirerOperation.Answer)
                (await bench.Run(new UpdateDispute(id, null, null, Metadata("later")))).Is(200);
        };
        bench.Acquirer.Instead = request => request.Operation == AcquirerOperation.Answer ? new AcquirerAnswer(AcquirerOutcome.Approved) { Dispute = Dispute(bench, "under_review") with { SubmissionCount = 1 } } : null;
        var metadata = (await bench.Run(new UpdateDispute(id, new DisputeEvidence { CustomerName = "Ada" }, null, Metadata("first")))).Is(200).Json.GetProperty("metadata");
        Assert.Equal(("a", "a"), (metadata.GetProperty("first").GetString(), metadata.GetProperty("later").GetString()));
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

    private static MetadataUpdate Metadata(string name) => new(new Dictionary<string, string> { [name] = "a" }, false);

    private static async Task<string> Paid(MerchantBench bench)
    {
        var paid = (await bench.Pay()).Is(200);
        Assert.NotNull(bench.Acquirer.Reference);
        return paid["id"];
    }

    private static Task<bool> Tell(MerchantBench bench, string intent, string status, bool wasWithdrawn = true)
    {
        bench.Acquirer.Dispute = Dispute(bench, status) with { WasWithdrawn = wasWithdrawn };
        return bench.Merchant("m").TakeDispute(new DisputeNotice(intent + ":1", Theirs));
    }

    private static AcquirerDispute Dispute(MerchantBench bench, string status) => new(Theirs, null, bench.Acquirer.Reference, 10_000, "usd", "fraudulent", status, Opened) { WasWithdrawn = true };

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
