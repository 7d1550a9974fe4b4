using System.Net;

namespace Crash;

/// <summary>SIGTERM: no new work, what is in flight is recorded and answered, exit code 0.</summary>
public sealed class DrainTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Connections = 32;

    [Fact]
    public async Task Stopped_under_load_it_answers_what_it_took_and_ends_with_0()
    {
        using var data = new DataDirectory();
        var sent = new List<Submission>();
        var answered = 0;
        await using (var product = await PaymentsProcess.Start(data))
        {
            using var bank = new BankClient(product.Address, Connections);
            // Slow commits, so that the signal meets payments that wait for theirs.
            Assert.Equal(HttpStatusCode.OK, (await bank.Post("sandbox/faults", """{"ledger":"delay","milliseconds":50}""")).Status);
            var over = false;
            var senders = Enumerable.Range(0, Connections).Select(sender => Task.Run(async () =>
            {
                for (var i = 0; !Volatile.Read(ref over); i++)
                {
                    var one = new Submission("payments", $"drain-{sender}-{i}", $$"""{"amount":"0.01","currency":"USD","debtorAccount":"sandbox_{{sender + 1:0000}}","creditorAccount":"987654321"}""");
                    lock (sent)
                        sent.Add(one);
                    if (!await Answered(bank, one))
                        return;
                    Interlocked.Increment(ref answered);
                }
            })).ToArray();
            while (Volatile.Read(ref answered) < 200)
                await (await Task.WhenAny([.. senders, Task.Delay(10)]));
            product.Terminate();
            Assert.Equal(0, await product.Ended());
            Volatile.Write(ref over, true);
            await Task.WhenAll(senders).WaitAsync(PaymentsProcess.Patience);
        }

        var unanswered = sent.Where(static one => one.Answered is null).ToList();
        log.WriteLine($"{answered} answered, {unanswered.Count} not.");
        Assert.NotEmpty(unanswered);
        await using var again = await PaymentsProcess.Start(data);
        using var later = new BankClient(again.Address, Connections);
        foreach (var one in unanswered)
            Assert.False((await one.SendTo(later)).Replayed, $"{one.Key} was recorded, but not answered.");
        foreach (var one in sent.Except(unanswered))
        {
            var replay = await one.SendTo(later);
            Assert.True(replay.Replayed && replay.Body == one.Answered, $"{one.Key} was answered {one.Answered}, and now {replay}.");
        }
    }

    // False once the server takes no more: it says so, or its address does.
    private static async Task<bool> Answered(BankClient bank, Submission one)
    {
        try
        {
            var answer = await one.SendTo(bank);
            if (answer.Status == HttpStatusCode.ServiceUnavailable)
                return false;
            Assert.True(one.Take(answer));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
