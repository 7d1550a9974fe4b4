using Spectre.Console;

namespace Bench;

/// <summary>Says on the error stream what is being done: a live line on a terminal, plain lines without one.</summary>
internal sealed class BenchProgress
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);

    private readonly IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly TimeProvider time = TimeProvider.System;
    private long lastLine;
    private StatusContext? status;

    /// <summary>Runs the work with a live line where there is a terminal.</summary>
    public Task<T> Run<T>(Func<Task<T>> work) => Console.IsErrorRedirected
        ? work()
        : console.Status().StartAsync("starting", context =>
        {
            status = context;
            return work();
        });

    /// <summary>A new thing begins.</summary>
    public void Say(string what)
    {
        if (status is not null)
            status.Status = Markup.Escape(what);
        else
            Console.Error.WriteLine(what);
        lastLine = time.GetTimestamp();
    }

    /// <summary>The same thing goes on; without a terminal not every step is worth a line.</summary>
    public void Step(string what)
    {
        if (status is not null || time.GetElapsedTime(lastLine) > LineEvery)
            Say(what);
    }
}
