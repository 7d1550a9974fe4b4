using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Silo.Embedded;

namespace Gateway.Tests.Operations;

/// <summary>A process that serves health and metrics alone, as a silo does.</summary>
public sealed class OperationsOnlyTests
{
    [Fact]
    public async Task Probes_carry_what_every_answer_carries_and_are_in_no_trace()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Microsoft.AspNetCore" or Grains.Interfaces.JourneyTrace.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var data = Directory.CreateTempSubdirectory("operations-only-");
        await using (var edition = EmbeddedEdition.Open(data.FullName, new LedgerOptions(), new EmbeddedGrainsOptions(), LoggerFactory.Create(static _ => { }), TimeProvider.System))
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddEmbeddedEdition(edition);
            builder.Services.AddGateway(builder.Configuration, sandbox: false);
            await using var app = builder.Build();
            app.MapOperations();
            await app.StartAsync();
            using var probe = new Api(new Uri(app.Urls.First()), null, 1);
            foreach (var path in new[] { "/health/live", "/health/ready", "/metrics" })
            {
                // A trace of our own, by which its span is told from other tests'.
                var trace = ActivityTraceId.CreateRandom();
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01" } } };
                using var answer = await probe.Http.SendAsync(request);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.True(answer.Headers.Contains("Request-Id"));
                for (var looks = 0; !spans.Any(span => span.TraceId == trace) && looks < 200; looks++)
                    await Task.Delay(10);
                Assert.False(Assert.Single(spans, span => span.TraceId == trace).Recorded, path);
            }

            (await probe.Get("/payments")).IsProblem(404, "path_unknown");
            await app.StopAsync();
        }

        data.Delete(recursive: true);
    }
}
