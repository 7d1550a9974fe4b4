using System.Diagnostics;
using System.Net;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Crash;

/// <summary>The product as its users start it: a process of its own, with its output, its signals and its end.</summary>
internal sealed partial class PaymentsProcess : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private const int SignalTerminate = 15;

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PaymentsProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static string Assembly { get; } = Path.GetFullPath(typeof(PaymentsProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "Product").Value!);

    public int Id => process.Id;

    /// <summary>All that it wrote to its two outputs so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Where it listens; known once it has said so.</summary>
    public Uri Address => address.Task.IsCompletedSuccessfully ? address.Task.Result : throw new InvalidOperationException("It does not listen yet.");

    /// <summary>Resident memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>Starts it, and waits for nothing.</summary>
    public static PaymentsProcess Launch(ProductOptions options)
    {
        string[] command = [.. options.Under, "dotnet", Assembly, .. options.Arguments, "--urls", options.Urls, "--data", options.Data];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Remove("ASPNETCORE_ENVIRONMENT");
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        foreach (var (name, value) in options.Environment)
            start.Environment[name] = value;
        return new PaymentsProcess(new Process { StartInfo = start });
    }

    /// <summary>Starts it, and waits until it says that it is ready.</summary>
    public static async Task<PaymentsProcess> Start(ProductOptions options)
    {
        var product = Launch(options);
        try
        {
            await product.Ready();
            return product;
        }
        catch
        {
            await product.DisposeAsync();
            throw;
        }
    }

    public static Task<PaymentsProcess> Start(DataDirectory data) => Start(new ProductOptions { Data = data.Path });

    public async Task Ready()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var http = new HttpClient { BaseAddress = await Listening() };
        var missing = "";
        while (!patience.IsCancellationRequested)
        {
            try
            {
                using var answer = await http.GetAsync("health/ready", patience.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
                missing = await answer.Content.ReadAsStringAsync(patience.Token);
            }
            catch (HttpRequestException refused)
            {
                // It listened a moment ago: it is on its way out.
                throw new InvalidOperationException($"It ended with code {await Ended()} before it was ready:\n{Output}", refused);
            }

            await Task.Delay(10, patience.Token);
        }

        throw new TimeoutException($"Not ready within {Patience}; last answer: {missing}\n{Output}");
    }

    /// <summary>Waits for its address, or fails with what it said before it ended.</summary>
    public async Task<Uri> Listening()
    {
        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(address.Task, ended).WaitAsync(Patience) == ended)
            throw new InvalidOperationException($"It ended with code {process.ExitCode}:\n{Output}");
        return await address.Task;
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => Terminate(process.Id);

    public static void Terminate(int processId) => Assert.Equal(0, SendSignal(processId, SignalTerminate));

    /// <summary>Waits for its end by itself; its exit code.</summary>
    public async Task<int> Ended()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (output)
            output.AppendLine(line);
        if (BannerAddress().Match(line) is { Success: true } banner)
            address.TrySetResult(new Uri(banner.Groups[1].Value));
    }

    [GeneratedRegex(@"^\s*API\s+(https?://\S+)")]
    private static partial Regex BannerAddress();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int processId, int signal);
}
