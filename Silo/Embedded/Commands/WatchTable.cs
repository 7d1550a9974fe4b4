using System.Diagnostics;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>The live table of <c>watch</c>: the newest events on top, and how many come a second.</summary>
internal sealed class WatchTable
{
    private const int FrameMs = 100;

    /// <summary>Lines of the screen that are not rows: state, head, borders, the cursor's line.</summary>
    private const int OtherLines = 7;

    private readonly Lock gate = new();
    private readonly LinkedList<EventText> newest = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly Queue<TimeSpan> lastSecond = new();
    private readonly int rows;
    private readonly string address;
    private bool connected;
    private long seen;

    private WatchTable(int rows, string address) => (this.rows, this.address) = (rows, address);

    public static async Task Show(Screen screen, ServerConnection server, string query, string? after, long? count, CancellationToken cancellationToken)
    {
        var table = new WatchTable(Math.Max(3, screen.Height - OtherLines), server.Address);
        await screen.Live(new Text(""), async context =>
        {
            var reading = table.Read(new EventFeed(server, query, table.Connected), after, count, cancellationToken);
            while (!reading.IsCompleted)
            {
                context.UpdateTarget(table.Draw());
                await Task.WhenAny(reading, Task.Delay(FrameMs, CancellationToken.None));
            }

            context.UpdateTarget(table.Draw());
            await reading;
        });
    }

    private async Task Read(EventFeed feed, string? after, long? count, CancellationToken cancellationToken)
    {
        var left = count ?? long.MaxValue;
        await foreach (var (cursor, envelope) in feed.Read(after, cancellationToken))
        {
            Add(EventText.Of(cursor, envelope));
            if (--left == 0)
                return;
        }
    }

    private void Connected(bool isConnected)
    {
        lock (gate)
            connected = isConnected;
    }

    private void Add(EventText row)
    {
        lock (gate)
        {
            seen++;
            newest.AddFirst(row);
            if (newest.Count > rows)
                newest.RemoveLast();
            lastSecond.Enqueue(watch.Elapsed);
        }
    }

    private Rows Draw()
    {
        lock (gate)
        {
            while (lastSecond.TryPeek(out var at) && watch.Elapsed - at > TimeSpan.FromSeconds(1))
                lastSecond.Dequeue();
            var state = connected ? "[green]● live[/]" : "[yellow]○ reconnecting …[/]";
            return new Rows(
                new Markup($"{state}  [grey]{address}[/]   [bold]{lastSecond.Count:N0}[/] events/s   {seen:N0} seen   [grey]Ctrl+C ends[/]"),
                Table());
        }
    }

    private Table Table()
    {
        var table = new Table().Border(TableBorder.Simple).Expand();
        table.AddColumn(new TableColumn("time").NoWrap()).AddColumn(new TableColumn("event").NoWrap());
        table.AddColumn(new TableColumn("amount").RightAligned().NoWrap()).AddColumn(new TableColumn("debtor → creditor").NoWrap());
        table.AddColumn(new TableColumn("about").NoWrap());
        foreach (var row in newest)
            table.AddRow(
                Cell($"[grey]{row.Time}[/]"), Cell(EventText.Status(row.Type, row.Type)), Cell(row.Amount.EscapeMarkup()),
                Cell(row.Parties.EscapeMarkup()), Cell(row.Note.Length > 0 ? row.Note.EscapeMarkup() : $"[grey]{row.Subject.EscapeMarkup()}[/]"));
        return table;
    }

    private static Markup Cell(string markup) => new(markup) { Overflow = Overflow.Ellipsis };
}
