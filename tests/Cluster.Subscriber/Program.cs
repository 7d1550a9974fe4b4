using System.Globalization;
using System.Text.Json;
using Cluster.Subscriber;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Silo.Cluster.Streams;

// What a fraud analyst might run: prints payments that were held or declined, above an amount.
// Settings: Payments:Ledger:ConnectionString, Payments:Cluster:ClusterId, Payments:Cluster:Streams:Provider, Above, Token.
var builder = Host.CreateApplicationBuilder(args);
var above = decimal.Parse(builder.Configuration["Above"] ?? "0", CultureInfo.InvariantCulture);
builder.AddPaymentEvents();
using var host = builder.Build();
await host.StartAsync();

var token = ResumeToken.Open(builder.Configuration["Token"] ?? "fraud-subscriber.json");
var stopping = new TaskCompletionSource();
using var told = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
await using (var subscriber = new EventSubscriber(host.Services.GetRequiredService<IClusterClient>(), token, new Subscription(Suspicious, Print, PutAside)))
{
    await subscriber.Start();
    Console.WriteLine("subscribed");
    await stopping.Task;
}

await host.StopAsync();
return 0;

bool Suspicious(PaymentEvent one) => one.Type is "payment.held" or "payment.rejected" && (one.Data is null || AmountOf(one) >= above);

static decimal AmountOf(PaymentEvent one)
{
    using var data = JsonDocument.Parse(one.Data!);
    return decimal.Parse(data.RootElement.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
}

static Task Print(PaymentEvent one)
{
    using var data = JsonDocument.Parse(one.Data!);
    return Console.Out.WriteLineAsync($"{one.OccurredAt:u} {one.Type} {one.Subject} {data.RootElement.GetProperty("amount")} {data.RootElement.GetProperty("currency")} of {one.ShardKey}");
}

// Its own dead letters: a line each, to look at.
static Task PutAside(PaymentEvent one, string reason) => File.AppendAllTextAsync("fraud-subscriber.dead", $"{one.Shard} {one.Position} {one.Id}: {reason}\n");
