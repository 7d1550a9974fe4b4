using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Grains.Interfaces;

namespace Gateway.Tests.Transfers;

/// <summary>The trace of a payment to another shard has that way as a step, with the commits of both shards.</summary>
public sealed class TransferTraceTests(TwoShards two) : IClassFixture<TwoShards>
{
    [Fact]
    public async Task The_way_to_another_shard_is_a_step_of_the_payment_s_trace()
    {
        var (payer, creditor) = (await two.Account(0, "100.00"), await two.Account(1));
        var trace = ActivityTraceId.CreateRandom();
        var spans = new ConcurrentQueue<Activity>();
        // Only this test's trace: others run beside it.
        ActivitySamplingResult Ours(ref ActivityCreationOptions<ActivityContext> options) => options.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None;
        using var listener = new ActivityListener { ShouldListenTo = static source => source.Name is JourneyTrace.SourceName or "Microsoft.AspNetCore", Sample = Ours, ActivityStopped = spans.Enqueue };
        ActivitySource.AddActivityListener(listener);
        using var client = new HttpClient { BaseAddress = two.Server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/payments") { Content = new StringContent(SharedServer.Body(payer, creditor, "5.00"), System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", "Bearer " + Keys.Bank);
        request.Headers.Add("Idempotency-Key", two.Key());
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        for (var i = 0; i < 200 && spans.Count(span => span.TraceId == trace) < 6; i++)
            await Task.Delay(20);
        var ours = spans.Where(span => span.TraceId == trace).ToList();
        var turn = Assert.Single(ours, static span => span.OperationName == "account.submit");
        var way = Assert.Single(ours, static span => span.OperationName == "rail.transfer");
        Assert.Equal(turn.SpanId, way.ParentSpanId);
        Assert.Equal("transfer", way.GetTagItem("payments.rail"));
        // The debit waits in the grain's turn; what the other shard decides, and the end, are of the way there.
        Assert.Equal([turn.SpanId, way.SpanId, way.SpanId], ours.Where(static span => span.OperationName == "ledger.commit").OrderBy(static span => span.StartTimeUtc).Select(static span => span.ParentSpanId));
    }
}
