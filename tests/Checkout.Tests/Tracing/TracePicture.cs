using System.Globalization;
using System.Text;

namespace Checkout.Tests.Tracing;

/// <summary>Draws a trace as a picture: a row a span, in order, with its time. For the documentation, from spans that were sent.</summary>
internal static class TracePicture
{
    /// <summary>Where the picture is to be written; nothing is written without it.</summary>
    private const string PathVariable = "PAYMENTS_TRACE_PICTURE";

    private const int Width = 960;
    private const int LabelWidth = 400;
    private const int RowHeight = 34;
    private const int Top = 64;

    public static void WriteWhereAskedFor(IReadOnlyList<TraceSpan> spans)
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path)
            File.WriteAllText(path, Draw(spans));
    }

    private static string Draw(IReadOnlyList<TraceSpan> spans)
    {
        var start = spans.Min(static span => span.StartNanos);
        var length = spans.Max(static span => span.EndNanos) - start;
        var rows = new List<(TraceSpan Span, int Depth)>();
        foreach (var root in spans.Where(span => spans.All(other => other.SpanId != span.Parent)).OrderBy(static span => span.StartNanos))
            Add(root, 0);
        var height = Top + (rows.Count * RowHeight) + 16;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" font-family="ui-sans-serif, system-ui, sans-serif" role="img">
            <title>One checkout's trace</title>
            <rect width="{Width}" height="{height}" fill="#ffffff"/>
            <text x="16" y="28" font-size="16" font-weight="600" fill="#1a1d23">One checkout: POST /v1/payment_intents, {Ms(length)}</text>
            <text x="16" y="48" font-size="12" fill="#5b6472">{spans.Count} spans of trace {spans[0].TraceId}, as the collector got them</text>

            """);
        for (var i = 0; i < rows.Count; i++)
        {
            var (span, depth) = rows[i];
            var y = Top + (i * RowHeight);
            var x = LabelWidth + Scaled(span.StartNanos - start);
            var width = Math.Max(2, Scaled(span.EndNanos - span.StartNanos));
            var time = Ms(span.EndNanos - span.StartNanos);
            var inside = x + width > Width - 70;
            svg.Append(CultureInfo.InvariantCulture, $"""
                <rect x="0" y="{y}" width="{Width}" height="{RowHeight}" fill="{(i % 2 == 0 ? "#f6f7f9" : "#ffffff")}"/>
                <text x="{16 + (depth * 18)}" y="{y + 15}" font-size="13" fill="#1a1d23">{span.Name}</text>
                <text x="{16 + (depth * 18)}" y="{y + 28}" font-size="10.5" fill="#5b6472">{Said(span)}</text>
                <rect x="{x}" y="{y + 9}" width="{width}" height="16" rx="2" fill="{Colour(span.Name)}"/>
                <text x="{(inside ? x - 6 : x + width + 6)}" y="{y + 21}" font-size="11" fill="#1a1d23" text-anchor="{(inside ? "end" : "start")}">{time}</text>

                """);
        }

        return svg.Append("</svg>\n").ToString();

        void Add(TraceSpan span, int depth)
        {
            rows.Add((span, depth));
            foreach (var child in spans.Where(child => child.Parent == span.SpanId).OrderBy(static child => child.StartNanos))
                Add(child, depth + 1);
        }

        long Scaled(long nanos) => nanos * (Width - LabelWidth - 24) / length;
    }

    private static string Ms(long nanos) => string.Create(CultureInfo.InvariantCulture, $"{nanos / 1_000_000.0:0.00} ms");

    private static string Said(TraceSpan span) => string.Join("  ", span.Attributes
        .Where(static pair => pair.Key is "payments.command" or "payments.operation" or "payments.outcome" or "ledger.batch.entries" or "webhook.event" or "webhook.try" or "http.response.status_code")
        .Select(static pair => $"{pair.Key[(pair.Key.LastIndexOf('.') + 1)..]}={pair.Value}"));

    private static string Colour(string name) => name.Split('.')[0] switch
    {
        "merchant" => "#3b6fd4",
        "ledger" => "#1f8a5b",
        "acquirer" => "#c2571a",
        "webhook" => "#8a4fc0",
        _ => "#4a5261",
    };
}
