using System.Net;

namespace Crash.Postgres;

/// <summary>Two processes on one database, which drive the same account.</summary>
public sealed class TwoOwnersTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Clients = 16;

    [Fact]
    public async Task One_account_hammered_through_two_processes_is_exact_and_each_settles_its_share()
    {
        using var database = new LedgerDatabase();
        using var data = new DataDirectory();
        using var otherData = new DataDirectory();
        await using var product = await PaymentsProcess.Start(database.Product(data));
        await using var other = await PaymentsProcess.Start(database.Product(otherData));
        using var bank = new BankClient(product.Address, Clients);
        using var otherBank = new BankClient(other.Address, Clients);
        await Open(bank, "hammered", "10000.00");
        await Open(bank, "receives", null);

        var warm = await Drive(TimeSpan.FromSeconds(2), new Hammer(bank, "warm", "hammered", "receives"));
        var warmOther = await Drive(TimeSpan.FromSeconds(2), new Hammer(otherBank, "warm-other", "hammered", "receives"));
        var alone = await Drive(TimeSpan.FromSeconds(3), new Hammer(bank, "alone", "hammered", "receives"));
        var (one, two) = (new Hammer(bank, "one", "hammered", "receives"), new Hammer(otherBank, "two", "hammered", "receives"));
        await Drive(TimeSpan.FromSeconds(6), one, two);
        var ratio = (one.Rate + two.Rate) / alone.Rate;
        var share = (double)Math.Min(one.Settled.Count, two.Settled.Count) / (one.Settled.Count + two.Settled.Count);
        log.WriteLine($"Alone {alone.Rate:0} a second; through both {one.Rate:0} + {two.Rate:0}, {ratio:0.00} of it; the smaller share {share:0.00}.");

        var ids = new[] { warm, warmOther, alone, one, two }.SelectMany(static hammer => hammer.Settled).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(ids.Count, Cents.Of((await otherBank.Read("accounts/receives")).GetProperty("balance"), "posted"));
        Assert.Equal(1_000_000 - ids.Count, Cents.Of((await bank.Read("accounts/hammered")).GetProperty("balance"), "posted"));
        Assert.Equal(ids.Count, database.Number("select count(*) from log l join account a on a.number = l.debtor where a.id = 'hammered' and l.type = 1"));
        var audit = database.Audit();
        Assert.True(audit.IsSound, string.Join('\n', audit.Findings));
        Assert.True(share >= 0.2, $"The smaller share is {share:0.00}.");
        Assert.True(ratio >= 0.2, $"Both settle {ratio:0.00} of what one settles alone.");
    }

    [Fact]
    public async Task A_freeze_through_one_process_is_never_overrun_by_the_other()
    {
        const int Rounds = 10;
        using var database = new LedgerDatabase();
        using var data = new DataDirectory();
        using var otherData = new DataDirectory();
        await using var product = await PaymentsProcess.Start(database.Product(data));
        await using var other = await PaymentsProcess.Start(database.Product(otherData));
        using var bank = new BankClient(product.Address, Clients);
        using var otherBank = new BankClient(other.Address, Clients);
        await Open(bank, "frozen", "10000.00");
        await Open(bank, "receives", null);
        var hammer = new Hammer(bank, "debit", "frozen", "receives");
        hammer.Start(Clients);
        for (var round = 0; round < Rounds; round++)
        {
            var before = hammer.Settled.Count;
            await Until(() => hammer.Settled.Count > before + 20, "payments settle");
            Assert.Equal(HttpStatusCode.OK, (await otherBank.Post("accounts/frozen/freeze", """{"reason":"seen twice"}""", $"freeze-{round}")).Status);
            // Answered: whatever is sent from now on, through whichever process, is rejected.
            var late = await bank.Post("payments", """{"amount":"0.01","currency":"USD","debtorAccount":"frozen","creditorAccount":"receives"}""", $"late-{round}");
            Assert.Equal("rejected", late.Json.GetProperty("status").GetString());
            var rejected = hammer.Rejected;
            await Until(() => hammer.Rejected > rejected + 20, "payments are rejected");
            Assert.Equal(HttpStatusCode.OK, (await otherBank.Post("accounts/frozen/unfreeze", "{}", $"unfreeze-{round}")).Status);
        }

        await hammer.Stop();
        log.WriteLine($"{hammer.Settled.Count} settled, {hammer.Rejected} rejected, {Rounds} freezes.");
        // In the order of the log, no debit settles between a freeze and the end of it.
        Assert.Equal(Rounds, database.Number("select count(*) from log l join account a on a.number = l.debtor where a.id = 'frozen' and l.type = " + FrozenType));
        Assert.Equal(0, database.Number($"""
            with own as (select l.position, l.type from log l join account a on a.number = l.debtor where a.id = 'frozen'),
            state as (select o.type, (select p.type from own p where p.position < o.position and p.type in ({FrozenType}, {UnfrozenType}) order by p.position desc limit 1) as last from own o)
            select count(*) from state where type = 1 and last = {FrozenType}
            """));
        Assert.Equal(hammer.Settled.Count, Cents.Of((await otherBank.Read("accounts/receives")).GetProperty("balance"), "posted"));
    }

    private static int FrozenType => (int)Grains.Interfaces.Events.EventType.AccountFrozen;

    private static int UnfrozenType => (int)Grains.Interfaces.Events.EventType.AccountUnfrozen;

    private static async Task<Hammer> Drive(TimeSpan time, params Hammer[] hammers)
    {
        foreach (var hammer in hammers)
            hammer.Start(Clients);
        await Task.Delay(time);
        await Task.WhenAll(hammers.Select(static hammer => hammer.Stop()));
        return hammers[0];
    }

    private static async Task Open(BankClient bank, string id, string? funds)
    {
        Assert.Equal(HttpStatusCode.Created, (await bank.Post("accounts", $$"""{"id":"{{id}}","currency":"USD"}""", $"open-{id}")).Status);
        if (funds is not null)
            Assert.Equal(HttpStatusCode.OK, (await bank.Post($"sandbox/accounts/{id}/fund", $$"""{"amount":"{{funds}}"}""", $"fund-{id}")).Status);
    }

    private static async Task Until(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(PaymentsProcess.Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"Within {PaymentsProcess.Patience} it did not come to it that {what}.");
            await Task.Delay(5);
        }
    }
}
