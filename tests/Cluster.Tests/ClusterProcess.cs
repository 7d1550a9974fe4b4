using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Cluster.Tests;

/// <summary>A silo or a gateway as a process of its own.</summary>
public sealed partial class ClusterProcess : IAsyncDisposable
{
    private const int SignalTerminate = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly StringBuilder said = new();

    private ClusterProcess(Process process, Uri url)
    {
        (this.process, Url) = (process, url);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Url { get; }

    public int Id => process.Id;

    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>The cluster edition's executable.</summary>
    public static string Assembly { get; } = Path.GetFullPath(typeof(ClusterProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "Product").Value!);

    /// <summary>Starts it, and waits for nothing.</summary>
    /// <param name="arguments">Of the command line, beside its address.</param>
    public static ClusterProcess Launch(params string[] arguments) => LaunchOther(Assembly, new Dictionary<string, string>(), arguments);

    /// <summary>The same of an executable that says on the same path when it is ready.</summary>
    /// <param name="environment">Beside what this process has.</param>
    public static ClusterProcess LaunchOther(string assembly, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet", [assembly, "--urls", url.ToString(), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new ClusterProcess(new Process { StartInfo = start }, url);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task Ready()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var http = new HttpClient { BaseAddress = Url };
        var missing = "it does not listen yet";
        while (!patience.IsCancellationRequested)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"It ended with code {process.ExitCode} before it was ready:\n{Said}");
            try
            {
                using var answer = await http.GetAsync("health/ready", patience.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
                missing = await answer.Content.ReadAsStringAsync(patience.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                missing = exception.Message;
            }

            await Task.Delay(20, CancellationToken.None);
        }

        throw new TimeoutException($"Not ready within {Patience}; last answer: {missing}\n{Said}");
    }

    /// <summary>Waits until it has written a text.</summary>
    public async Task Says(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Said.Contains(text, StringComparison.Ordinal))
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"It never said '{text}':\n{Said}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Waits for its end; its exit code.</summary>
    public async Task<int> Ended()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>A number of its metrics, over all labels; 0 where it has none of that name.</summary>
    public async Task<long> Metric(string name)
    {
        using var http = new HttpClient { BaseAddress = Url };
        var lines = (await http.GetStringAsync("metrics")).Split('\n');
        return lines.Where(line => line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal)).Sum(static line => (long)double.Parse(line.Split(' ')[^1]));
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    /// <summary>SIGTERM, and waits for its end; its exit code.</summary>
    public async Task<int> Terminate()
    {
        if (SendSignal(process.Id, SignalTerminate) != 0)
            throw new InvalidOperationException($"Process {process.Id} takes no signal.");
        return await Ended();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await Kill();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (said)
            said.AppendLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
