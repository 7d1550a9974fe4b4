using System.Diagnostics;
using Ledger.EventLog;

namespace Crash;

/// <summary>SIGKILL at any moment loses nothing that was answered, and leaves nothing by halves.</summary>
public sealed class KillTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Rounds = 20;
    private const int Connections = 32;
    private const int MaxAnswers = 1_500;

    [Fact]
    public async Task Killed_under_load_it_keeps_what_it_answered()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        using var data = new DataDirectory();
        var books = new Books([.. Traffic.Accounts]);
        IReadOnlyCollection<Submission> last = [];
        for (var round = 0; round < Rounds; round++)
        {
            if (round % 5 == 4)
                await KillWhileStarting(data, random);
            await using var product = await PaymentsProcess.Start(data);
            using var bank = new BankClient(product.Address, Connections);
            await Traffic.MakePoorDebtor(bank, again: round > 0);
            await books.Expect(bank, last);
            last = await KillUnderLoad(product, bank, $"r{round}", random, rest: round % 5 == 3);
            log.WriteLine($"Round {round}: {last.Count} payments sent, {last.Count(static one => one.Answered is not null)} answered.");
        }

        await using var final = await PaymentsProcess.Start(data);
        using var finalBank = new BankClient(final.Address, Connections);
        await books.Expect(finalBank, last);
        await books.ExpectAll(finalBank);
        var audit = AuditVerifier.Verify(data.Ledger, progress: null, CancellationToken.None);
        log.WriteLine($"Audited {audit.Rows} rows in {audit.Batches} commits.");
        Assert.True(audit.IsSound, string.Join('\n', audit.Findings));
        Assert.InRange(audit.Rows, books.Payments, int.MaxValue);
        log.WriteLine($"{books.Payments} payments.");
        Assert.InRange(books.Payments, Rounds, int.MaxValue);
    }

    [Fact]
    public async Task Killed_while_it_makes_the_sandbox_it_makes_the_rest_and_nothing_twice()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"Seed {seed}.");
        var random = new Random(seed);
        using var data = new DataDirectory();
        for (var i = 0; i < 4; i++)
        {
            await using var product = PaymentsProcess.Launch(new ProductOptions { Data = data.Path });
            await product.Listening();
            await Task.Delay(random.Next(250));
            await product.Kill();
        }

        await using var whole = await PaymentsProcess.Start(data);
        using var bank = new BankClient(whole.Address);
        var line = Assert.Single((await bank.Read("audit/trial-balance")).GetProperty("data").EnumerateArray());
        // 1,000 accounts of 10,000.00, one of 1,000,000.00, and one of the other bank: funded once each.
        Assert.Equal(Cents.Of("11010000.00"), Cents.Of(line, "creditsPosted"));
        Assert.Equal(0, Cents.Of(line, "sum"));
        Assert.Equal(Cents.Of("1000000.00"), Cents.Of((await bank.Read("accounts/123456789")).GetProperty("balance"), "posted"));
        Assert.Equal(Cents.Of("10000.00"), Cents.Of((await bank.Read("accounts/sandbox_1000")).GetProperty("balance"), "posted"));
    }

    private static async Task<IReadOnlyCollection<Submission>> KillUnderLoad(PaymentsProcess product, BankClient bank, string name, Random random, bool rest)
    {
        var traffic = new Traffic(bank, name, random.Next());
        traffic.Start(Connections);
        await traffic.Answered(random.Next(MaxAnswers));
        await Task.Delay(random.Next(20));
        if (rest)
        {
            // After a tenth of a second at rest it folds keys into their index and copies its log back into the file.
            await traffic.Stop();
            await Task.Delay(90 + random.Next(60));
        }

        traffic.ServerMayGo();
        await product.Kill();
        await traffic.Stop();
        return traffic.Submissions;
    }

    private static async Task KillWhileStarting(DataDirectory data, Random random)
    {
        await using var product = PaymentsProcess.Launch(new ProductOptions { Data = data.Path });
        var started = Stopwatch.StartNew();
        await Task.WhenAny(product.Ready(), Task.Delay(random.Next(1_500)));
        await product.Kill();
    }
}
