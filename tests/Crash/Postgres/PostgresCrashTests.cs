using Servers;
using Xunit.Abstractions;

namespace Crash.Postgres;

/// <summary>
/// Whichever of the two is killed under load, the product, its database server or both, and wherever the connection between them
/// is cut: nothing that was answered is lost, and nothing is applied twice.
/// </summary>
public sealed class PostgresCrashTests(ITestOutputHelper log) : IDisposable
{
    private const int Connections = 32;
    private const int MaxAnswers = 400;

    private readonly LedgerDatabase database = new();
    private readonly DataDirectory data = new();
    private readonly Books books = new([.. Traffic.Accounts]);
    private readonly Random random = new(Environment.TickCount);
    private readonly List<Submission> sent = [];
    private int answeredAtOnce;

    public void Dispose()
    {
        database.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task The_product_is_killed()
    {
        var rounds = Rounds.Of(20, 4);
        for (var round = 0; round < rounds; round++)
        {
            await using var product = await PaymentsProcess.Start(database.Product(data));
            using var bank = new BankClient(product.Address, Connections);
            if (round > 0)
                await Check(product, bank);
            await Strike(bank, round, async traffic =>
            {
                traffic.ServerMayGo();
                await product.Kill();
            });
        }

        await CheckAgain();
        Tell("kills of the product", rounds);
    }

    [Fact]
    public async Task The_database_server_is_killed()
    {
        var rounds = Rounds.Of(20, 4);
        await using var product = await PaymentsProcess.Start(database.Product(data));
        using var bank = new BankClient(product.Address, Connections);
        for (var round = 0; round < rounds; round++)
        {
            await Strike(bank, round, async traffic =>
            {
                database.Server.Kill();
                await Task.Delay(random.Next(300));
                await database.Server.Restart(CancellationToken.None);
                await GoesOn(traffic);
            });
            await Check(product, bank);
        }

        Tell("kills of the database server", rounds);
    }

    [Fact]
    public async Task Both_are_killed()
    {
        var rounds = Rounds.Of(10, 3);
        for (var round = 0; round < rounds; round++)
        {
            await using var product = await PaymentsProcess.Start(database.Product(data));
            using var bank = new BankClient(product.Address, Connections);
            if (round > 0)
                await Check(product, bank);
            await Strike(bank, round, async traffic =>
            {
                traffic.ServerMayGo();
                if (random.Next(2) == 0)
                {
                    database.Server.Kill();
                    await product.Kill();
                }
                else
                {
                    await product.Kill();
                    database.Server.Kill();
                }

                await database.Server.Restart(CancellationToken.None);
            });
        }

        await CheckAgain();
        Tell("kills of both", rounds);
    }

    [Fact]
    public async Task Connections_are_cut_in_the_middle_of_commits()
    {
        var rounds = Rounds.Of(10, 4);
        using var proxy = new CuttingProxy(database.Server.Port, random.Next());
        await using var product = await PaymentsProcess.Start(database.Product(data, proxy.Port));
        using var bank = new BankClient(product.Address, Connections);
        for (var round = 0; round < rounds; round++)
        {
            await Strike(bank, round, async traffic =>
            {
                foreach (var cut in Enum.GetValues<Cut>())
                {
                    proxy.CutNextCommit(cut);
                    await Task.Delay(random.Next(60));
                }

                await Until(() => proxy.Counts.Values.Sum() == 4 * (round + 1));
                await GoesOn(traffic);
            });
            await Check(product, bank);
        }

        foreach (var cut in Enum.GetValues<Cut>())
            log.WriteLine($"{cut}: {proxy.Counts.GetValueOrDefault(cut)}");
        Assert.All(Enum.GetValues<Cut>(), cut => Assert.Equal(rounds, proxy.Counts.GetValueOrDefault(cut)));
        Tell("rounds of four cuts each", rounds);
    }

    private async Task Strike(BankClient bank, int round, Func<Traffic, Task> strike)
    {
        await Traffic.MakePoorDebtor(bank, again: round > 0);
        var traffic = new Traffic(bank, $"r{round}", random.Next());
        traffic.Start(Connections);
        await traffic.Answered(random.Next(MaxAnswers));
        await Task.Delay(random.Next(20));
        await strike(traffic);
        await traffic.Stop();
        sent.AddRange(traffic.Submissions);
        answeredAtOnce += traffic.Submissions.Count(static one => one.Answered is not null);
    }

    private async Task Check(PaymentsProcess product, BankClient bank)
    {
        try
        {
            await books.Expect(bank, [.. sent.Skip(books.Payments)]);
        }
        catch
        {
            log.WriteLine(product.Output);
            throw;
        }
    }

    private async Task CheckAgain()
    {
        await using var product = await PaymentsProcess.Start(database.Product(data));
        using var bank = new BankClient(product.Address, Connections);
        await Check(product, bank);
    }

    private async Task GoesOn(Traffic traffic) => await traffic.Answered(traffic.Submissions.Count(static one => one.Answered is not null) + random.Next(1, 200));

    private void Tell(string what, int rounds)
    {
        var audit = database.Audit();
        Assert.True(audit.IsSound, string.Join('\n', audit.Findings));
        Assert.InRange(audit.Rows, books.Payments, int.MaxValue);
        log.WriteLine($"{rounds} {what}: {sent.Count} payments sent, {answeredAtOnce} answered at once, {sent.Count - answeredAtOnce} settled by asking again; acknowledged and lost 0, applied twice 0; {audit.Rows} rows audited.");
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(PaymentsProcess.Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, "The cuts did not happen.");
            await Task.Delay(5);
        }
    }
}
