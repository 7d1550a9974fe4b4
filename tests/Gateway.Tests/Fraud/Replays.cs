using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Fraud;

/// <summary>Recorded decisions, made again by the rules that were in force as each was made.</summary>
internal static class Replays
{
    public static async Task ReplaysEqual(this SharedServer shared, long atLeast)
    {
        var id = (await shared.Analyst.Post("/fraud/backtests", "{}", shared.Name("replay"))).Is(HttpStatusCode.Accepted)["id"];
        var deadline = Environment.TickCount64 + 60_000;
        while (true)
        {
            var state = (await shared.Analyst.Get("/fraud/backtests/" + id)).Is(HttpStatusCode.OK).Json;
            if (state.TryGetProperty("report", out var report) && report.ValueKind == JsonValueKind.Object)
            {
                Assert.InRange(report.GetProperty("decisions").GetInt64(), atLeast, long.MaxValue);
                Assert.Equal(report.GetProperty("decisions").GetInt64(), report.GetProperty("equal").GetInt64());
                return;
            }

            Assert.True(Environment.TickCount64 < deadline, state.GetRawText());
            await Task.Delay(20);
        }
    }
}
