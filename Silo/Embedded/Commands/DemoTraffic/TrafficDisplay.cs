using Spectre.Console;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>How the traffic goes, while it goes.</summary>
internal sealed class TrafficDisplay
{
    private const int FrameMs = 250;
    private const int FramesPerSecond = 1_000 / FrameMs;
    private const int HistorySeconds = 60;
    private const string Bars = "▁▂▃▄▅▆▇█";

    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly List<long> perSecond = [];
    private readonly int rate;
    private readonly bool withFraud;
    private TrafficSummary before;

    private TrafficDisplay(int rate, bool withFraud, TrafficSummary first) => (this.rate, this.withFraud, before) = (rate, withFraud, first);

    public static async Task Show(Screen screen, TrafficMeter meter, int rate, bool withFraud, Task running)
    {
        if (screen.IsLive)
            await new TrafficDisplay(rate, withFraud, meter.Summary()).Draw(screen, meter, running);
        else
            await Print(screen, meter, withFraud, running);
        await running;
    }

    public static void Tell(Screen screen, TrafficSummary summary, bool withFraud)
    {
        screen.Line($"{summary.Sent:N0} requests in {summary.Milliseconds / 1_000} s: {summary.Settled:N0} settled, {summary.Rejected:N0} rejected, {summary.Returned:N0} returned, {summary.Repeated:N0} repeats answered from the first.");
        screen.Line($"Answered in {Time(summary.LatencyMicroseconds.P50)} (p50), {Time(summary.LatencyMicroseconds.P99)} (p99), {Time(summary.LatencyMicroseconds.Max)} at most.");
        if (withFraud)
            screen.Line($"Judged: {Decisions(summary)}. Cards: {Cards(summary)}.");
        if (summary.Overloaded + summary.NotSent > 0)
            screen.Line($"[yellow]{summary.Overloaded:N0} answered 503 or 504, {summary.NotSent:N0} not sent: the server does not keep up with this rate.[/]");
        if (summary.WrongRepeats > 0)
            screen.Line($"[red]{summary.WrongRepeats:N0} repeats were not answered with the first answer.[/]");
        if (summary.Failed > 0)
            screen.Line($"[red]{summary.Failed:N0} failed, the last one: {summary.LastFailure.EscapeMarkup()}.[/]");
    }

    private static async Task Print(Screen screen, TrafficMeter meter, bool withFraud, Task running)
    {
        while (await Task.WhenAny(running, Task.Delay(PlainInterval)) != running)
        {
            var now = meter.Summary();
            screen.Note($"{now.Milliseconds / 1_000} s: {now.Sent:N0} sent, {now.Settled:N0} settled, {now.Rejected:N0} rejected, {now.Failed:N0} failed, p99 {Time(now.LatencyMicroseconds.P99)}{(withFraud ? "; " + Decisions(now) : "")}");
        }
    }

    private async Task Draw(Screen screen, TrafficMeter meter, Task running) => await screen.Live(new Text(""), async context =>
    {
        for (var frame = 1; !running.IsCompleted; frame++)
        {
            var now = meter.Summary();
            if (frame % FramesPerSecond == 1)
                Tick(now);
            context.UpdateTarget(Picture(now, meter.InFlight));
            await Task.WhenAny(running, Task.Delay(FrameMs));
        }

        context.UpdateTarget(Picture(meter.Summary(), 0));
    });

    private void Tick(TrafficSummary now)
    {
        perSecond.Add(Math.Max(0, now.Settled - before.Settled));
        if (perSecond.Count > HistorySeconds)
            perSecond.RemoveAt(0);
        (before, lastRates) = (now, (now.Settled - before.Settled, now.Rejected - before.Rejected, now.Milliseconds - before.Milliseconds));
    }

    private (long Settled, long Rejected, long Milliseconds) lastRates;

    private Rows Picture(TrafficSummary now, int inFlight)
    {
        var latency = now.LatencyMicroseconds;
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().RightAligned().NoWrap()).AddColumn(new GridColumn().RightAligned().NoWrap()).AddColumn(new GridColumn().NoWrap());
        grid.AddRow("[green]settled[/]", $"{now.Settled:N0}", $"{Rate(lastRates.Settled)}/s", $"[green]{Spark()}[/]");
        grid.AddRow("[red]rejected[/]", $"{now.Rejected:N0}", $"{Rate(lastRates.Rejected)}/s", "");
        grid.AddRow("[yellow]returned[/]", $"{now.Returned:N0}", "", "");
        grid.AddRow("[blue]repeated[/]", $"{now.Repeated:N0}", "", now.WrongRepeats == 0 ? "[grey]each answered with the first answer[/]" : $"[red]{now.WrongRepeats:N0} wrong[/]");
        if (withFraud)
        {
            grid.AddRow("[green]approve[/]", $"{now.Risk.Approve:N0}", "", $"[grey]cards: {Cards(now)}[/]");
            grid.AddRow("[yellow]review[/]", $"{now.Risk.Review:N0}", "", "[grey]held until an analyst looks: /fraud/cases[/]");
            grid.AddRow("[red]decline[/]", $"{now.Risk.Decline:N0}", "", "");
        }

        grid.AddRow("failed", $"{now.Failed:N0}", "", now.LastFailure is { } why ? $"[red]{why.EscapeMarkup()}[/]" : "");
        return new Rows(
            new Markup($"[bold]traffic[/] at {rate:N0}/s for {now.Milliseconds / 1_000} s   {now.Sent:N0} answered, {inFlight} in flight{(now.NotSent + now.Overloaded > 0 ? $", [yellow]{now.NotSent + now.Overloaded:N0} beyond what the server takes[/]" : "")}   [grey]Ctrl+C ends[/]"),
            grid,
            new Markup($"[grey]answered in[/]  p50 {Time(latency.P50)}  p90 {Time(latency.P90)}  p99 {Time(latency.P99)}  p99.9 {Time(latency.P999)}  max {Time(latency.Max)}"));
    }

    private static string Decisions(TrafficSummary summary) => $"{summary.Risk.Approve:N0} approve, {summary.Risk.Review:N0} review, {summary.Risk.Decline:N0} decline";

    private static string Cards(TrafficSummary summary) => $"{summary.Cards.Paid:N0} paid, {summary.Cards.Declined:N0} declined by the bank, {summary.Cards.Blocked:N0} blocked";

    private long Rate(long count) => lastRates.Milliseconds == 0 ? 0 : count * 1_000 / lastRates.Milliseconds;

    private string Spark()
    {
        var most = Math.Max(1, perSecond.Count == 0 ? 1 : perSecond.Max());
        return string.Concat(perSecond.Select(count => Bars[(int)(count * (Bars.Length - 1) / most)]));
    }

    private static string Time(long microseconds) => microseconds < 10_000 ? $"{microseconds / 1_000}.{microseconds % 1_000 / 100} ms" : $"{microseconds / 1_000} ms";
}
