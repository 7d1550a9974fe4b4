using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Silo.Embedded;

namespace Silo.Tests.Commands;

/// <summary>The product's executable, as a shell starts it.</summary>
internal sealed partial class Executable : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> awaited = [];

    private Executable(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Take(output, line.Data);
        process.ErrorDataReceived += (_, line) => Take(error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private static string Assembly { get; } = typeof(EmbeddedEdition).Assembly.Location;

    public static Executable Start(params string[] arguments) => Launch(new Dictionary<string, string?>(), ["dotnet", Assembly, .. arguments]);

    /// <summary>Runs a command to its end.</summary>
    public static Task<Ended> Run(params string[] arguments) => Run(new Dictionary<string, string?>(), arguments);

    public static async Task<Ended> Run(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        await using var executable = Launch(environment, ["dotnet", Assembly, .. arguments]);
        return await executable.End();
    }

    /// <summary>Runs a command on a terminal of its own.</summary>
    public static async Task<Ended> RunOnTerminal(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var command = string.Join(' ', new[] { "dotnet", Assembly }.Concat(arguments).Select(static argument => $"'{argument}'"));
        await using var executable = Launch(environment, ["script", "--quiet", "--return", "--command", command, "/dev/null"]);
        return await executable.End();
    }

    /// <summary>Waits for a line of its output that contains the text.</summary>
    public async Task<string> Line(string text)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (awaited)
        {
            if (output.ToString().Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
                return line;
            awaited.Add((text, seen));
        }

        try
        {
            return await seen.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No line has '{text}'. {this}");
        }
    }

    public void Signal(int signal)
    {
        if (Kill(process.Id, signal) != 0)
            throw new InvalidOperationException($"Cannot signal process {process.Id}.");
    }

    public async Task<Ended> End()
    {
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It did not end. {this}");
        }

        lock (awaited)
            return new Ended(process.ExitCode, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public override string ToString()
    {
        lock (awaited)
            return $"Output: {output} Errors: {error}";
    }

    private static Executable Launch(IReadOnlyDictionary<string, string?> environment, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var name in new[] { "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "NO_COLOR", "PAYMENTS_KEY" })
            start.Environment.Remove(name);
        start.Environment["TERM"] = "xterm-256color";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Executable(start);
    }

    private void Take(StringBuilder into, string? line)
    {
        if (line is null)
            return;
        lock (awaited)
        {
            into.Append(line).Append('\n');
            foreach (var (_, seen) in awaited.Where(one => line.Contains(one.Text, StringComparison.Ordinal)))
                seen.TrySetResult(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

/// <summary>How a command ended, and what it wrote.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}
