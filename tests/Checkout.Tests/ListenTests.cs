using System.Diagnostics;

namespace Checkout.Tests;

public sealed class ListenTests
{
    [Fact]
    public async Task What_is_triggered_arrives_where_the_listener_hands_it_on()
    {
        await using var product = await ProductProcess.Start();
        await using var receiver = await WebhookReceiver.Start();
        using var listener = Start("listen", "--forward-to", receiver.Url, "--url", product.Url, "--json");
        var ready = await listener.StandardOutput.ReadLineAsync();
        Assert.Contains("whsec_", ready);
        foreach (var type in (string[])["payment_intent.succeeded", "payment_intent.payment_failed", "charge.refunded", "charge.dispute.created", "payment_method.attached", "payment_intent.canceled"])
        {
            using var trigger = Start("trigger", type, "--url", product.Url, "--json");
            var said = await trigger.StandardOutput.ReadToEndAsync();
            await trigger.WaitForExitAsync();
            Assert.True(trigger.ExitCode == 0, said + await trigger.StandardError.ReadToEndAsync());
            for (var i = 0; i < 200 && receiver.Received.All(received => received.Type != type); i++)
                await Task.Delay(50);
            Assert.Contains(receiver.Received, received => received.Type == type);
        }

        listener.Kill();
        await listener.WaitForExitAsync();
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "Payments.Silo.Embedded.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
