using System.CommandLine;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Silo.Embedded.Commands;

/// <summary>
/// Where a command writes. On a terminal: colours and live displays. Elsewhere, and where <c>NO_COLOR</c> is set: plain lines without
/// an escape code. With <c>--json</c>: JSON on standard output, progress on standard error.
/// </summary>
internal sealed class Screen
{
    public static readonly Option<bool> JsonOption = new("--json") { Description = "Answer in JSON." };

    /// <summary>Wide enough that no line of ours wraps where nobody looks at columns.</summary>
    private const int PlainWidth = 160;

    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(2);

    private static readonly JsonSerializerOptions JsonForm = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly IAnsiConsole console;

    private Screen(bool json)
    {
        IsJson = json;
        IsLive = !json && MayColour && !Console.IsOutputRedirected;
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsLive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = IsLive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsLive ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!IsLive)
            console.Profile.Width = PlainWidth;
    }

    public bool IsJson { get; }

    /// <summary>Whether a display may be drawn over itself.</summary>
    public bool IsLive { get; }

    public int Height => console.Profile.Height;

    private static bool MayColour => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public static Screen Of(ParseResult parsed) => new(parsed.GetValue(JsonOption));

    public static bool WantsJson(ParseResult parsed) => parsed.GetResult(JsonOption) is { } asked && asked.GetValueOrDefault<bool>();

    public static void WriteJson<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, JsonForm));

    public void Write(IRenderable what)
    {
        if (IsLive)
            console.Write(what);
        else
            WriteTrimmed(what);
    }

    /// <summary>Writes a line in Spectre's markup; values go through <see cref="Markup.Escape"/>.</summary>
    public void Line(string markup = "") => console.MarkupLine(markup);

    /// <summary>Something to know meanwhile, that is not the answer.</summary>
    public void Note(string text)
    {
        if (IsJson)
            Console.Error.WriteLine(text);
        else
            console.MarkupLine($"[grey]{text.EscapeMarkup()}[/]");
    }

    /// <summary>A display that is drawn over itself while the work runs.</summary>
    public Task Live(IRenderable first, Func<LiveDisplayContext, Task> work) =>
        console.Live(first).AutoClear(false).Overflow(VerticalOverflow.Ellipsis).StartAsync(work);

    /// <summary>Runs work that reports how far it is: a bar on a terminal, else a line now and then.</summary>
    public async Task<T> WithProgress<T>(string title, string unit, Func<IProgress<WorkDone>, Task<T>> work)
    {
        if (!IsLive)
            return await work(new PlainProgress(this, title, unit));
        return await console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new ProgressBar(context.AddTask(title.EscapeMarkup()), title, unit)));
    }

    private sealed class ProgressBar(ProgressTask task, string title, string unit) : IProgress<WorkDone>
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();

        public void Report(WorkDone value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
            task.Description = $"{title.EscapeMarkup()}  [grey]{value.Done:N0} of {value.Total:N0} {unit}, {PerSecond(value.Done, watch.Elapsed):N0}/s[/]";
        }
    }

    private sealed class PlainProgress(Screen screen, string title, string unit) : IProgress<WorkDone>
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private TimeSpan said = TimeSpan.Zero;

        public void Report(WorkDone value)
        {
            if (watch.Elapsed - said < PlainInterval)
                return;
            said = watch.Elapsed;
            screen.Note($"{title}: {value.Done:N0} of {value.Total:N0} {unit}, {PerSecond(value.Done, watch.Elapsed):N0}/s");
        }
    }

    // A grid fills its cells with blanks, which only a terminal's background shows.
    private void WriteTrimmed(IRenderable what)
    {
        using var text = new StringWriter();
        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        plain.Profile.Width = console.Profile.Width;
        plain.Profile.Capabilities.Unicode = true;
        plain.Write(what);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
            Console.WriteLine(line.TrimEnd());
    }

    private static long PerSecond(long done, TimeSpan elapsed) => elapsed.Ticks == 0 ? 0 : (long)(done / Math.Max(0.001, elapsed.TotalSeconds));
}

/// <summary>How far a piece of work is.</summary>
internal readonly record struct WorkDone(long Done, long Total);
