using System.Net;
using System.Text.Json;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Gateway.Tests.Transfers;

/// <summary>Payments whose creditor is on another shard, as their caller sees them.</summary>
public sealed class TransferTests(TwoShards two) : IClassFixture<TwoShards>
{
    [Fact]
    public async Task A_payment_to_another_shard_settles_like_any_other()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(1));
        var key = two.Key();
        var payment = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00", ""","remittanceInfo":"Far away" """), key)).Is(HttpStatusCode.Created);
        Assert.Equal(("settled", "ACSC", "30.00", "Far away", creditor), (payment["status"], payment["isoStatus"], payment["amount"], payment["remittanceInfo"], payment["creditorAccount"]));
        Assert.InRange(DateTimeOffset.Parse(payment["settledAt"]), DateTimeOffset.Parse(payment["createdAt"]), DateTimeOffset.MaxValue);
        Assert.Equal(("70.00", "30.00"), (await two.Balance(debtor), await two.Balance(creditor)));
        var again = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00", ""","remittanceInfo":"Far away" """), key)).Is(HttpStatusCode.Created);
        Assert.Equal((payment.Text, true), (again.Text, again.IsReplay));
        foreach (var account in new[] { debtor, creditor })
        {
            Assert.Equal([payment["id"]], await Ids("/payments?account=" + account));
            var entry = (await two.Bank.Get($"/accounts/{account}/entries?limit=1")).Json.GetProperty("data")[0];
            Assert.Equal((payment["id"], "payment", "30.00"), (entry.GetProperty("paymentId").GetString(), entry.GetProperty("type").GetString(), entry.GetProperty("amount").GetString()));
        }

        await EachShardIsBalanced();
    }

    [Fact]
    public async Task Its_journey_goes_over_both_shards()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(1));
        var payment = await Pay(debtor, creditor, "30.00");
        var returned = (await two.Bank.Post($"/payments/{payment["id"]}/return", """{"amount":"4.00","reason":"CUST"}""")).Is(HttpStatusCode.Created);
        Assert.Equal(("settled", creditor, debtor), (returned["status"], returned["debtorAccount"], returned["creditorAccount"]));
        var steps = await Steps(payment["id"]);
        Assert.Equal(
            [("payment.decided", 0), ("payment.committed", 0), ("payment.created", 0), ("transfer.credited", 1), ("payment.settled", 0), ("payment.returned", 0)],
            steps.Select(static step => (step.GetProperty("type").GetString()!, step.GetProperty("shard").GetInt32())));
        Assert.Equal([(debtor, "debit", "70.00"), ("system:transit:1", "credit", null)], Legs(steps[2]));
        Assert.Equal([("system:transit:0", "debit", null), (creditor, "credit", "30.00")], Legs(steps[3]));
        Assert.Empty(Legs(steps[4]));
        Assert.Contains(returned["id"], steps[5].GetProperty("detail").GetString());
        Assert.Equal([("payment.created", 1), ("transfer.credited", 0), ("payment.settled", 1)], (await Steps(returned["id"])).Skip(2).Select(static step => (step.GetProperty("type").GetString()!, step.GetProperty("shard").GetInt32())));

        var original = (await two.Bank.Get("/payments/" + payment["id"])).Is(HttpStatusCode.OK);
        Assert.Equal(("settled", "4.00", $"[\"{returned["id"]}\"]"), (original["status"], original["amountReturned"], original.Json.GetProperty("returns").GetRawText()));
        Assert.Equal(("74.00", "26.00"), (await two.Balance(debtor), await two.Balance(creditor)));
        Assert.Equal(["amount"], (await two.Bank.Post($"/payments/{payment["id"]}/return", """{"amount":"26.01","reason":"CUST"}""")).IsProblem(422, "return_exceeds_payment").Fields);
        await EachShardIsBalanced();
    }

    [Fact]
    public async Task Its_creditor_sees_what_is_its_own_and_no_more()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(1, owner: two.SecondBank));
        var payment = await Pay(debtor, creditor, "30.00", ""","debtorName":"Ada","deviceId":"secret-device","metadata":{"note":"secret-note"} """);
        foreach (var path in new[] { "/payments/" + payment["id"], "/payments?account=" + creditor, $"/payments/{payment["id"]}/journey", $"/accounts/{creditor}/entries", "/events?limit=1000" })
        {
            var seen = (await two.SecondBank.Get(path)).Is(HttpStatusCode.OK);
            Assert.Contains(payment["id"], seen.Text);
            Assert.DoesNotContain("secret", seen.Text);
        }

        var steps = (await two.SecondBank.Get($"/payments/{payment["id"]}/journey")).Json.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal([(debtor, "debit", null), ("system:transit:1", "credit", null)], Legs(steps[2]));
        Assert.Equal([("system:transit:0", "debit", null), (creditor, "credit", "30.00")], Legs(steps[3]));
        Assert.Equal([payment["id"]], await Ids("/payments?account=" + debtor, two.SecondBank));
        (await two.SecondBank.Get("/accounts/" + debtor)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task While_the_other_shard_does_not_decide_it_is_pending_and_settles_later()
    {
        var (debtor, creditor) = (await two.Account(0, "30.00"), await two.Account(1));
        var key = two.Key();
        Answer pending;
        using (two.HoldCommits(1))
        {
            pending = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key)).Is(HttpStatusCode.Created);
            Assert.Equal(("pending", "PDNG", ""), (pending["status"], pending["isoStatus"], pending["settledAt"]));
            Assert.Equal("pending", (await two.Bank.Get("/payments/" + pending["id"]))["status"]);
            Assert.Equal([pending["id"]], await Ids($"/payments?account={debtor}&status=pending"));
            Assert.Equal("0.00", await two.Balance(debtor));
            // Its money may have to come back.
            (await two.Bank.Post($"/accounts/{debtor}/close", """{"reason":"Empty"}""")).IsProblem(409, "account_not_empty");
        }

        var settled = (await two.Bank.Get($"/payments/{pending["id"]}?wait=30s")).Is(HttpStatusCode.OK);
        Assert.Equal(("settled", "ACSC"), (settled["status"], settled["isoStatus"]));
        Assert.Equal("30.00", await two.Balance(creditor));
        Assert.Empty(await Ids($"/payments?account={debtor}&status=pending"));
        Assert.Equal(["payment.created", "transfer.credited", "payment.pending", "payment.settled"], (await Steps(pending["id"])).Skip(2).Select(static step => step.GetProperty("type").GetString()!));
        // The first answer stays the first.
        var again = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key)).Is(HttpStatusCode.Created);
        Assert.Equal((pending.Text, true), (again.Text, again.IsReplay));
        (await two.Bank.Post($"/accounts/{debtor}/close", """{"reason":"Empty"}""")).Is(HttpStatusCode.OK);
        await EachShardIsBalanced();
    }

    [Fact]
    public async Task Money_that_comes_back_before_the_end_is_written_makes_no_pending_answer()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(1));
        await using var another = await two.StartAnother();
        using var api = another.Api();
        (await api.Post("/payments?dryRun=true", SharedServer.Body(debtor, creditor, "1.00"))).Is(HttpStatusCode.OK);
        var key = two.Key();
        Task<Answer> paying;
        try
        {
            // Between the credit and the end lies one commit's delay, in which the other process brings the money back.
            two.Server.Faults.CommitDelay = TimeSpan.FromSeconds(1);
            paying = two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key);
            List<string> credited;
            while ((credited = await Ids("/payments?account=" + creditor, api)).Count == 0)
                await Task.Delay(5);
            // The surface takes a return of what is settled; the grain, of what was credited.
            Assert.True(PaymentId.TryParse(credited[0], out var original));
            var back = new ReturnInstruction { Tenant = 1, Original = original, ReturnReason = "CUST", Key = IdempotencyKey.Of(1, two.Key(), "test"), RequestHash = 1 };
            Assert.Equal(PaymentStatus.Settled, (await ((IGrains)another.Services.GetService(typeof(IGrains))!).Get<IAccountGrain>(creditor).Return(back)).Payment?.Status);
        }
        finally
        {
            two.Server.Faults.CommitDelay = null;
        }

        var settled = (await paying).Is(HttpStatusCode.Created);
        Assert.Equal(["payment.created", "transfer.credited", "payment.returned", "payment.settled"], (await Steps(settled["id"])).Skip(2).Select(static step => step.GetProperty("type").GetString()!));
        Assert.Equal("settled", settled["status"]);
        var again = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key)).Is(HttpStatusCode.Created);
        Assert.Equal((settled.Text, true), (again.Text, again.IsReplay));
        Assert.Equal(("100.00", "0.00"), (await two.Balance(debtor), await two.Balance(creditor)));
        await EachShardIsBalanced();
    }

    [Fact]
    public async Task What_the_other_shard_refuses_comes_back()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(1));
        await ClosedByAnother(creditor, debtor);
        var key = two.Key();
        var rejected = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key)).Is(HttpStatusCode.Created);
        Assert.Equal(("rejected", "RJCT", "AC07", ""), (rejected["status"], rejected["isoStatus"], rejected.Json.GetProperty("reason").GetProperty("code").GetString(), rejected["settledAt"]));
        Assert.Equal(("100.00", "0.00"), (await two.Balance(debtor), await two.Balance(creditor)));
        var steps = await Steps(rejected["id"]);
        Assert.Equal([("payment.created", 0), ("transfer.refused", 1), ("payment.rejected", 0)], steps.Skip(2).Select(static step => (step.GetProperty("type").GetString()!, step.GetProperty("shard").GetInt32())));
        Assert.Equal([("system:transit:1", "debit", null), (debtor, "credit", "100.00")], Legs(steps[^1]));
        var again = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key)).Is(HttpStatusCode.Created);
        Assert.Equal((rejected.Text, true), (again.Text, again.IsReplay));
        await EachShardIsBalanced();
    }

    [Fact]
    public async Task What_the_debtor_s_account_cannot_take_back_lies_in_suspense()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(1));
        await ClosedByAnother(creditor, debtor);
        Task<Answer> paying;
        using (two.HoldCommits(1))
        {
            paying = two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), two.Key());
            while ((await Ids($"/payments?account={debtor}&status=pending")).Count == 0)
                await Task.Delay(10);
            // As much went through the account as its counters hold.
            two.Execute(0, $"select sweep_counters(); update counters set debits_posted = debits_posted + 9223372036854765807, credits_posted = credits_posted + 9223372036854765807 where account = (select number from account where id = '{debtor}')");
        }

        var rejected = (await paying).Is(HttpStatusCode.Created);
        Assert.Equal(("rejected", "AC07"), (rejected["status"], rejected.Json.GetProperty("reason").GetProperty("code").GetString()));
        Assert.Contains("suspense", rejected.Json.GetProperty("reason").GetProperty("detail").GetString());
        Assert.Equal([("system:transit:1", "debit", null), ("system:suspense", "credit", null)], Legs((await Steps(rejected["id"]))[^1]));
        Assert.Equal("70.00", await two.Balance(debtor));
        await EachShardIsBalanced();
    }

    [Fact]
    public async Task A_process_with_an_old_map_records_nothing_of_a_bucket_that_moved()
    {
        var (debtor, creditor) = (await two.Account(0, "100.00"), await two.Account(0));
        var bucket = Bucket.Of(AccountId.Parse(debtor));
        for (var shard = 0; shard < 2; shard++)
            two.Execute(shard, $"update bucket set shard = 1, epoch = epoch + 1 where number = {bucket}");
        var key = two.Key();
        (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key)).IsProblem(503, "account_moved");
        Assert.Equal("100.00", await two.Balance(debtor));
        Assert.Empty(await Ids("/payments?account=" + debtor));
        for (var shard = 0; shard < 2; shard++)
            two.Execute(shard, $"update bucket set shard = 0, epoch = epoch + 1 where number = {bucket}");
        Assert.Equal("settled", (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, "30.00"), key)).Is(HttpStatusCode.Created)["status"]);
    }

    // This server has seen the account open, and does not hear that it closed.
    private async Task ClosedByAnother(string account, string debtor)
    {
        (await two.Bank.Post("/payments?dryRun=true", SharedServer.Body(debtor, account, "1.00"))).Is(HttpStatusCode.OK);
        await using var another = await two.StartAnother();
        using var api = another.Api();
        (await api.Post($"/accounts/{account}/close", """{"reason":"Moved"}""")).Is(HttpStatusCode.OK);
    }

    private async Task<Answer> Pay(string debtor, string creditor, string amount, string more = "")
    {
        var payment = (await two.Bank.Post("/payments", SharedServer.Body(debtor, creditor, amount, more), two.Key())).Is(HttpStatusCode.Created);
        Assert.Equal("settled", payment["status"]);
        return payment;
    }

    private async Task<List<JsonElement>> Steps(string payment) => [.. (await two.Bank.Get($"/payments/{payment}/journey")).Is(HttpStatusCode.OK).Json.GetProperty("steps").EnumerateArray()];

    private static (string Account, string Direction, string? BalanceAfter)[] Legs(JsonElement step) => [.. step.GetProperty("legs").EnumerateArray()
        .Select(static leg => (leg.GetProperty("account").GetString()!, leg.GetProperty("direction").GetString()!, leg.GetProperty("balanceAfter").GetString()))];

    private async Task<List<string>> Ids(string path, Api? api = null) =>
        [.. (await (api ?? two.Bank).Get(path)).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(static payment => payment.GetProperty("id").GetString()!)];

    private async Task EachShardIsBalanced()
    {
        var lines = (await two.Bank.Get("/audit/trial-balance")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().ToList();
        Assert.Equal([0, 1], lines.Where(static line => line.GetProperty("currency").GetString() == "USD").Select(static line => line.GetProperty("shard").GetInt32()));
        Assert.All(lines, static line => Assert.True(line.GetProperty("balanced").GetBoolean(), line.GetRawText()));
    }
}
