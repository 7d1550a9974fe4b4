using System.Globalization;
using System.Net;

namespace Crash;

/// <summary>
/// SIGKILL does not show durability: the kernel keeps what was written. That the disk was waited for shows in the system calls.
/// </summary>
public sealed class SyncBeforeAnswerTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Payments = 10;

    /// <summary>Payments beside which the product wrote something else, too: whose write comes after the sync, calls do not tell.</summary>
    private const int MostDisturbed = 5;

    [StraceFact]
    public async Task The_log_is_on_disk_before_a_payment_is_answered()
    {
        using var data = new DataDirectory();
        using var traces = new DataDirectory();
        var calls = new SystemCalls(traces.File("calls"));
        await using var product = await PaymentsProcess.Start(new ProductOptions { Data = data.Path, Under = calls.Strace });
        using var bank = new BankClient(product.Address, connections: 1);
        var disturbed = 0;
        for (var i = 0; i < Payments + disturbed; i++)
        {
            // So that what is synced next is this payment's.
            await calls.Quiet();
            var from = calls.Count;
            var answer = await bank.Post("payments", """{"amount":"1.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321"}""", $"sync-{i}");
            Assert.Equal(HttpStatusCode.Created, answer.Status);
            await calls.Quiet();
            var order = calls.From(from).ToList();
            var received = Find(order, SystemCall.Received, $"sync-{i}");
            var sent = Find(order, SystemCall.Sent, "HTTP/1.1 201");
            var between = order.Where(call => call.Line > received && call.Line < sent).Select(static call => call.Call).ToList();
            var synced = between.LastIndexOf(SystemCall.LogSynced);
            Assert.True(synced >= 0, $"Payment {i}: no sync of the log between the request and its 201:\n{string.Join('\n', order.Select(static call => $"{call.Line} {call.Call}"))}");
            Assert.Contains(SystemCall.LogWritten, between[..synced]);
            if (between[synced..].Contains(SystemCall.LogWritten))
                Assert.InRange(++disturbed, 1, MostDisturbed);
        }

        log.WriteLine($"{Payments} payments, each with its sync of the log, {disturbed} beside other writes; {calls.From(0).Count(static call => call.Call == SystemCall.LogSynced)} syncs in all.");
        PaymentsProcess.Terminate(int.Parse(await File.ReadAllTextAsync(data.File("payments.pid")), CultureInfo.InvariantCulture));
        Assert.Equal(0, await product.Ended());
    }

    private static int Find(IEnumerable<(int Line, SystemCall Call, string Text)> order, SystemCall call, string text)
    {
        var found = order.FirstOrDefault(one => one.Call == call && one.Text.Contains(text, StringComparison.Ordinal));
        Assert.True(found.Call == call, $"No {call} with '{text}'.");
        return found.Line;
    }
}
